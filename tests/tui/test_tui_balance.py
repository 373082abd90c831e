"""At the balance by keys only: the balance is a simulator behind a pseudo-terminal, and the database is asked."""

import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

import db
from instruments.sim import MtSicsSimulator, PtyLine, SimClock
from nasicon_loop.lab import Lab, add_lot, new_sample, opened, sample_sheet, weigh, weighing_progress
from nasicon_loop.tui import balance_link
from nasicon_loop.tui.balance_link import BalanceLink
from nasicon_loop.tui.themes import DARK, palette
from nasicon_loop.tui.widgets.big import big_rows
from nasicon_loop.tui.widgets.scale import Mark, scale_text

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="pseudo-terminals need Linux or macOS")
FLAGS = {"measurement.temperature_c": 25.0, "measurement.temperature_sd_c": 1.0}


@dataclass
class Bench:
    """A lab with a sample, its sheet and a balance on a cable; `put` is the hand with the spatula."""

    lab: Lab
    label: str
    device: MtSicsSimulator
    line: PtyLine
    plugged: list[PtyLine] = field(default_factory=list)
    _lies_g: float = 0.0

    def put(self, grams: float) -> None:
        """Let this mass lie on the pan beside what was kept."""
        self.device.pan.put(self._lies_g + grams)

    def stays(self) -> None:
        """From now on masses come on top of what lies there."""
        self._lies_g = self.device.pan.load_g

    def plug(self) -> str:
        """Put the cable in again; the port's name may be another one."""
        line = PtyLine(self.device).__enter__()
        self.plugged.append(line)
        return line.address

    @property
    def lines(self) -> Any:
        """The sheet's lines as they stand."""
        return weighing_progress(self.lab, self.label).lines

    @property
    def entries(self) -> list[db.WeighingEntry]:
        """What was kept, in order."""
        with self.lab.database.read() as reader:
            return list(reader.weighing_entries(reader.sample(self.label)))


@pytest.fixture
def bench(template: Path, copy_lab: Callable[[Path, Path], Path], tmp_path: Path) -> Iterator[Bench]:
    """The bench; the pan has no noise, so that the smallest tolerance is met."""
    folder = copy_lab(template, tmp_path / "lab")
    device = MtSicsSimulator(SimClock(40.0))
    device.pan.noise_g = 0.0
    with PtyLine(device) as line:
        flags = {**FLAGS, "balance.driver": "mt_sics", "balance.port": line.address}
        with opened(folder, flags=flags, who="Kim") as lab:
            label = new_sample(lab, "Na3.1Zr1.9Nd0.1Si2PO12").label
            sample_sheet(lab, label)
            bench = Bench(lab, label, device, line)
            yield bench
        for other in bench.plugged:
            other.unplug()


async def _begin(hands: Any, line: Any, n: int = 1) -> None:
    await hands.go("4", "BENCH SHEET")
    await hands.press("b")
    await _asked(hands, line, n)


async def _asked(hands: Any, line: Any, n: int) -> None:
    """Wait until a line is asked for and the balance was tared for it."""
    await hands.see(f"{n} of 5  {line.formula}")
    await hands.see("NOTHING YET")


async def _keep(hands: Any, bench: Bench, line: Any) -> None:
    """Weigh one precursor as it should be and press Enter, no sooner than the page says that it is good."""
    n_before = len(bench.entries)
    bench.put(line.target_g)
    await hands.see("✓ GOOD")
    await hands.see("● stable")
    assert len(bench.entries) == n_before, "good it is, and nobody said that it is enough"
    await hands.press("enter")
    await hands.until(lambda: len(bench.entries) == n_before + 1, f"{line.formula} kept")
    bench.stays()


async def _leave(hands: Any) -> None:
    await hands.press("escape")
    await hands.see("BENCH SHEET")
    await _at_rest(hands)


async def _at_rest(hands: Any) -> None:
    """Wait until the screen below has read what was weighed."""
    await hands.until(lambda: not hands.app.front._is_reading and not hands.app._is_polling, "the screen at rest")


@pytest.mark.parametrize("size", [(80, 24), (160, 50)])
async def test_a_whole_sheet_is_weighed_by_keys(bench: Bench, keyboard: Any, size: tuple[int, int]) -> None:
    add_lot(bench.lab, bench.lines[0].formula, lot_number="[red]A-1[/red]", amount_g=50)
    bench.device.serial_number = "[b]B7[/b]"
    lines = bench.lines
    async with keyboard(bench.lab, size) as hands:
        await _begin(hands, lines[0])
        await hands.see("jar [red]A-1[/red]")
        await hands.see("220.0090 g, [b]B7[/b]")
        for n, line in enumerate(lines, 1):
            await _asked(hands, line, n)
            await hands.until(lambda: hands.text.count("█") > 30, "large digits")
            assert len(hands.lines) == size[1]
            assert all(len(row.rstrip()) <= size[0] for row in hands.lines)
            assert "Esc leave" in " ".join(hands.lines[-2:])
            await _keep(hands, bench, line)
        await hands.see("everything is weighed")
        await hands.press("enter")
        await hands.see("weighed Na3.0")
        await _at_rest(hands)
    assert [entry.precursor for entry in bench.entries] == [line.formula for line in lines]
    for entry, line in zip(bench.entries, lines, strict=True):
        assert entry.mass_g == pytest.approx(line.target_g, abs=line.tolerance_g)
        assert entry.raw_line == f"S S {entry.mass_g:>10.4f} g"
        assert (entry.balance, entry.operator) == (bench.device.serial_number, "Kim")
    with bench.lab.database.read() as reader:
        assert reader.sample_state(reader.sample(bench.label)) == "weighed"
    assert bench.device.display == "", "the balance shows masses again"
    assert db.check(bench.lab.database) == []


async def test_what_passes_through_good_or_moves_is_not_kept(bench: Bench, keyboard: Any) -> None:
    line = bench.lines[0]
    async with keyboard(bench.lab) as hands:
        await _begin(hands, line)
        bench.put(line.target_g)
        await hands.see("✓ GOOD")
        bench.put(line.target_g + 0.01)
        await hands.see("! TOO MUCH")
        await hands.press("enter")
        await hands.see("not kept, 10 mg too much")
        bench.device.pan.is_shaken = True
        await hands.see("○ not stable")
        bench.put(line.target_g)
        await hands.press("enter")
        await hands.see("waits for a stable value")
        assert bench.entries == []
        bench.device.pan.is_shaken = False
        await hands.until(lambda: len(bench.entries) == 1)
        assert bench.entries[0].mass_g == pytest.approx(line.target_g, abs=line.tolerance_g)
        await _leave(hands)


async def test_too_much_is_rescued_or_accepted_by_keys(bench: Bench, keyboard: Any) -> None:
    one, two, three = bench.lines[:3]
    async with keyboard(bench.lab, (160, 50)) as hands:
        await _begin(hands, one)
        await _keep(hands, bench, one)
        await _asked(hands, two, 2)
        bench.put(two.target_g * 1.05)
        await hands.see("! TOO MUCH")
        await hands.press("r")
        await hands.see("more of the others? The composition stays")
        await hands.press("n")
        assert len(bench.entries) == 1
        await hands.press("r")
        await hands.see("more of the others? The composition stays")
        await hands.press("y")
        await hands.see(f"1 of 5  {one.formula}")  # the batch is larger: the first one is topped up
        bench.stays()
        step = bench.lines[0]
        bench.put(step.target_g - step.actual_g)
        await hands.see("✓ GOOD")
        await hands.press("enter")
        await _asked(hands, three, 3)
        bench.stays()
        bench.put(three.target_g * 1.5)
        await hands.see("! TOO MUCH")
        await hands.press("a")
        await hands.see("The deviation is written down")
        await hands.press("y")
        await hands.see("4 of 5")
        await _leave(hands)
    assert [line.status for line in bench.lines] == ["good", "good", "over", "missing", "missing"]
    with bench.lab.database.read() as reader:
        sample = reader.sample(bench.label)
        assert [recipe.version for recipe in reader.recipes(sample)] == [1, 2]
        rescaled, accepted = reader.deviations(sample)
    assert "the batch was rescaled by 1.0" in rescaled.text
    assert accepted.text.endswith("left as it is")


async def test_what_was_read_before_a_tare_is_not_kept_after_it(bench: Bench, keyboard: Any) -> None:
    one, two, three = bench.lines[:3]
    async with keyboard(bench.lab) as hands:
        await _begin(hands, one)
        bench.put(one.target_g / 2)
        await hands.see("+ SHORT")
        await hands.press("enter")
        await hands.see("not kept, add")
        await hands.press("t")
        await hands.see("NOTHING YET")
        await hands.press("s")
        await _asked(hands, two, 2)
        assert bench.entries == []
        bench.stays()
        bench.put(two.target_g / 2)
        await hands.see("+ SHORT")
        await hands.press("s")
        await _asked(hands, three, 3)
        await _leave(hands)
    (entry,) = bench.entries
    assert (entry.precursor, entry.mass_g) == (two.formula, pytest.approx(two.target_g / 2, abs=1e-4))


async def test_a_pulled_cable_loses_nothing_and_masses_can_be_typed_meanwhile(bench: Bench, keyboard: Any) -> None:
    one, two, three, four, five = bench.lines
    async with keyboard(bench.lab) as hands:
        await _begin(hands, one)
        await _keep(hands, bench, one)
        await _asked(hands, two, 2)
        bench.put(two.target_g / 2)
        await hands.see("+ SHORT")
        bench.line.unplug()
        await hands.see("NO BALANCE")
        await hands.see("the port of the balance is gone: is the cable out?")
        await hands.press("m")
        await hands.type("-3")
        await hands.press("enter")
        await hands.see("give what was added, in g")
        await hands.press("escape", "m")
        await hands.see(f"How much was added of {two.formula}?")
        await hands.type(f"{two.target_g:.4f}".replace(".", ","))
        await hands.press("enter")
        await hands.until(lambda: len(bench.entries) == 2, "typed and kept")
        await hands.see(f"3 of 5  {three.formula}")
        bench.stays()
        await hands.press("o")
        await hands.see("Where is the balance now?")
        await hands.press("ctrl+a", "delete")
        await hands.press("ctrl+k")
        await hands.type(bench.plug())
        await hands.press("enter")
        await hands.see("something lay there before: tare, unless")
        await hands.press("t")
        for n, line in enumerate((three, four, five), 3):
            await _asked(hands, line, n)
            await _keep(hands, bench, line)
        await hands.see("everything is weighed")
        await hands.press("escape")
        await hands.see("weighed Na3.0")
        await _at_rest(hands)
    kept = {entry.precursor: entry for entry in bench.entries}
    assert len(kept) == len(bench.entries) == 5
    assert (kept[two.formula].balance, kept[two.formula].raw_line) == (None, None)
    assert all(kept[line.formula].balance == bench.device.serial_number for line in (one, three, four, five))
    assert db.check(bench.lab.database) == []


async def test_who_leaves_in_the_middle_of_a_line_goes_on_with_what_lies_there(bench: Bench, keyboard: Any) -> None:
    one, two = bench.lines[:2]
    async with keyboard(bench.lab) as hands:
        await _begin(hands, one)
        await _keep(hands, bench, one)
        await _asked(hands, two, 2)
        bench.put(two.target_g / 2)
        await hands.see("+ SHORT")
        await _leave(hands)
        await hands.see("1 of 5 weighed; key b goes on")
        await hands.press("b")
        await hands.see(f"something lay there before: tare, unless it is {two.formula} of this line")
        bench.put(two.target_g)
        await hands.see("✓ GOOD")
        await hands.press("enter")
        await hands.see("and something lay there before. Is all of it")
        await hands.press("n")
        assert len(bench.entries) == 1
        await hands.press("enter")
        await hands.see("and something lay there before. Is all of it")
        await hands.press("y")
        await hands.see("3 of 5")
        await _leave(hands)
    assert bench.entries[1].mass_g == pytest.approx(two.target_g, abs=two.tolerance_g)


async def test_a_silent_balance_and_an_overload_are_told_and_the_keys_still_work(
    bench: Bench, keyboard: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(balance_link, "AGAIN_S", 0.1)
    one, two = bench.lines[:2]
    async with keyboard(bench.lab) as hands:
        await _begin(hands, one)
        bench.put(50.0)
        await hands.see(f"{50 - one.target_g:.4f} g too much")
        await hands.see("a vessel? t tares it")
        bench.put(300.0)
        await hands.see("the balance is overloaded: take something off")
        await hands.press("enter")
        bench.put(0.0)
        await hands.see("NOTHING YET")
        bench.line.faults.mute = True
        await hands.see("balance: does not answer")
        await hands.press("question_mark")
        await hands.see("Keys at the balance")
        await hands.press("escape")
        bench.line.faults.mute = False
        await _asked(hands, one, 1)
        await _keep(hands, bench, one)
        await _asked(hands, two, 2)
        await _leave(hands)
    assert [entry.precursor for entry in bench.entries] == [one.formula]


async def test_esc_does_not_wait_for_a_balance_that_does_not_answer(bench: Bench, keyboard: Any) -> None:
    one, two = bench.lines[:2]
    async with keyboard(bench.lab) as hands:
        await _begin(hands, one)
        await _keep(hands, bench, one)
        await _asked(hands, two, 2)
        bench.line.faults.mute = True
        link = hands.app.screen._link
        await hands.press("escape", "escape")
        await hands.see("1 of 5 weighed; key b goes on")
        await hands.until(lambda: link.is_over, "the port given back")
        await _at_rest(hands)
    assert [entry.precursor for entry in bench.entries] == [one.formula]


async def test_too_little_that_was_typed_is_kept_only_by_a_further_key(bench: Bench, keyboard: Any) -> None:
    one, two = bench.lines[:2]
    async with keyboard(bench.lab) as hands:
        await _begin(hands, one)
        for _ in range(2):
            await hands.press("m")
            await hands.see("How much was added")
            await hands.type(f"{one.target_g / 2:.4f}")
            await hands.press("enter")
            await hands.see("s keeps it as it is. Enter forgets it.")
            assert bench.entries == []
            await hands.press("enter" if _ == 0 else "s")
            await hands.see("NOTHING YET")
        await _asked(hands, two, 2)
        await _leave(hands)
    assert [(entry.precursor, entry.raw_line) for entry in bench.entries] == [(one.formula, None)]


async def test_too_much_that_was_kept_before_is_asked_about_first(bench: Bench, keyboard: Any) -> None:
    one, two = bench.lines[:2]
    weigh(bench.lab, bench.label, {two.formula: two.target_g * 1.1})
    async with keyboard(bench.lab) as hands:
        await hands.go("4", "BENCH SHEET")
        await hands.press("b")
        await hands.see(f"2 of 5  {two.formula}")
        await hands.see("Kept. r weighs more of the others")
        await hands.press("r")
        await hands.see("weigh 10.00 % more of the others?")
        await hands.press("y")
        await _asked(hands, one, 1)
        await _leave(hands)
    assert bench.lines[1].status == "good"


def test_a_key_meant_for_another_line_does_nothing(bench: Bench) -> None:
    one = bench.lines[0]
    link = BalanceLink(bench.lab, bench.label)
    link.start()
    _until(lambda: link.view.step is not None and link.view.step.is_live)
    bench.put(one.target_g)
    _until(lambda: link.view.step is not None and link.view.step.status == "good" and link.view.step.is_stable)
    seen = link.view.step
    link.press("read", seen)
    link.press("keep", seen)  # a key that bounced: it would skip the next line
    _until(lambda: any("did nothing" in said for said in link.view.said))
    assert link.view.step is not None
    assert link.view.step.number == 2
    link.leave()
    _until(lambda: link.is_over)
    assert [entry.precursor for entry in bench.entries] == [one.formula]


def _until(is_so: Callable[[], bool]) -> None:
    from threading import Event

    for _ in range(1000):
        if is_so():
            return
        Event().wait(0.02)
    pytest.fail("never came")


async def test_without_a_balance_one_line_says_what_to_do(lab: Lab, keyboard: Any) -> None:
    sample_sheet(lab, new_sample(lab, "Na3Zr2Si2PO12").label)
    async with keyboard(lab) as hands:
        await hands.go("4", "BENCH SHEET")
        await hands.press("b")
        await hands.see("no balance in lab.toml: enter [balance] driver and port; w records by hand")
        await hands.press("w")
        await hands.see("Weighed for NL-0001")


@pytest.mark.parametrize(
    ("mass_g", "pointer"),
    [(None, ""), (0.1, "◀ 0.1800 g below the target"), (0.2800, "▼"), (0.29, "0.0100 g above the target ▶")],
)
def test_the_scale_says_where_the_mass_lies_without_colour(mass_g: float | None, pointer: str) -> None:
    lines = scale_text(Mark(mass_g, 0.28, 0.0003), 79, palette(DARK.name).good, "").plain.split("\n")
    assert lines[1].strip() == pointer
    low, target, high = (lines[2].index(sign) for sign in "┣╋┫")
    assert target - low == high - target
    assert [word for word in lines[3].split() if word[0] == "0"] == ["0.2797", "0.2800", "0.2803"]
    if pointer == "▼":
        assert lines[1].index("▼") == target
    assert all(len(line) <= 79 for line in lines)


def test_large_digits_are_as_square_as_cells_allow() -> None:
    small, large = big_rows("-12.3456"), big_rows("-12.3456", 2)
    assert (len(small), len(large)) == (5, 10)
    assert (len(small[0]), len(large[0])) == (58, 116)
    assert len({tuple(big_rows(digit)) for digit in "0123456789"}) == 10
