"""A day at the bench through the command line only: balance and furnace are simulators behind pseudo-terminals."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from instruments.sim import EurothermSimulator, MtSicsSimulator, PtyLine, RtuServer, SimClock, xm_studio_csv
from nasicon_loop.cli.app import app

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="pseudo-terminals need Linux or macOS")
SPEED = 25_000.0
NAME = "tube furnace"


class WithHands(MtSicsSimulator):
    """A balance with somebody before it: puts on what the display asks for, times `factor(formula)`."""

    def __init__(self) -> None:
        super().__init__(SimClock(40.0))
        self.pan.noise_g = 0.0  # less than the tolerance of the smallest line, always
        self.factor: Callable[[str], float | None] = lambda formula: 1.0
        self.shown: list[str] = []

    def _show(self, token: str, text: str) -> bytes:
        if text:
            self.shown.append(text)
            formula, mass, _ = text.split()
            factor = self.factor(formula)
            if factor is not None:
                self.pan.put(self._zero_g + self._tare_g + float(mass) * factor)
        return super()._show(token, text)


class Desk:
    """A lab folder and a keyboard."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __call__(self, line: str, *more: str, refused: bool = False, stdin: str = "") -> Any:
        result = CliRunner().invoke(app, [*line.split(), *more, "--json"], input=stdin)
        assert result.exit_code == int(refused), result.output
        return result.stderr if refused else json.loads(result.stdout)

    @contextmanager
    def running(self, *words: str) -> "Iterator[Running]":
        """A command in a process of its own, ended with the block."""
        process = Running(words)
        try:
            yield process
        finally:
            process.end()

    def samples(self, n: int) -> list[str]:
        formulas = ("Na3.4Zr1.6Sc0.4Si2PO12", "Na3.1Zr1.9Nd0.1Si2PO12", "Na3.2Zr1.8Fe0.2Si2PO12")
        labels = [self("sample new", formula)["label"] for formula in formulas[:n]]
        for label in labels:
            self(f"recipe {label} --pellets 3")
        return labels


class Running:
    """A command in a process of its own, whose standard error is read line by line."""

    def __init__(self, words: tuple[str, ...]) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "nasicon_loop.cli", *words, "--json"],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        self._lines: list[str] = []
        self._news = threading.Condition()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self._process.stderr is not None
        for line in self._process.stderr:
            with self._news:
                self._lines.append(line)
                self._news.notify_all()

    def until(self, words: str) -> None:
        with self._news:
            assert self._news.wait_for(lambda: any(words in line for line in self._lines), 60.0), self._lines

    def kill(self) -> None:
        os.kill(self._process.pid, signal.SIGKILL)
        assert self._process.wait(30) == -signal.SIGKILL

    def interrupt(self) -> str:
        for _ in range(3):  # Python loses one that comes while it runs a finaliser; a person presses again
            self._process.send_signal(signal.SIGINT)
            try:
                code = self._process.wait(15)
                break
            except subprocess.TimeoutExpired:
                code = None
        assert code == 1, self._lines
        self._reader.join(10)
        return "".join(self._lines)

    def answer(self) -> Any:
        assert self._process.stdout is not None
        text = self._process.stdout.read()
        assert self._process.wait(30) == 0, self._lines
        return json.loads(text)

    def end(self) -> None:
        if self._process.poll() is None:
            self._process.kill()
            self._process.wait(30)
        self._reader.join(10)
        for stream in (self._process.stdout, self._process.stderr):
            assert stream is not None
            stream.close()


@pytest.fixture
def desk(new_lab: Path, copy_lab: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """A new lab, entered."""
    folder: Path = copy_lab(new_lab, tmp_path / "lab")
    for name, value in {
        "LAB": str(folder),
        "BALANCE_DRIVER": "mt_sics",
        "BALANCE_PORT": "/dev/none",
        "FURNACE_DRIVER": "eurotherm_2400",
        "FURNACE_NAME": NAME,
        "FURNACE_PORT": "/dev/pts/none",
        "FURNACE_CEILING_C": "1300",
        "FURNACE_LOG_EVERY_S": "0.05",
        "FURNACE_SIMULATED_SPEED": str(SPEED),
        "MEASUREMENT_TEMPERATURE_C": "25",
        "TRAINING_RETRAIN_AFTER_N_RESULTS": "0",
    }.items():
        monkeypatch.setenv(f"NASICON_{name}", value)
    return Desk(folder)


@pytest.fixture
def balance(monkeypatch: pytest.MonkeyPatch) -> Iterator[WithHands]:
    """A balance on the lab's port."""
    device = WithHands()
    with PtyLine(device) as line:
        monkeypatch.setenv("NASICON_BALANCE_PORT", line.address)
        yield device


@pytest.fixture
def furnace() -> EurothermSimulator:
    """A furnace without its cable; its clock stands."""
    return EurothermSimulator(clock=SimClock(0.0))


def _weigh_the_three(desk: Desk, labels: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """The first as it should be; of the second too much ZrO2; the third loses its cable with half the SiO2 in it."""
    device = WithHands()
    one, two, three = labels
    with PtyLine(device) as line:
        monkeypatch.setenv("NASICON_BALANCE_PORT", line.address)
        done = desk(f"bench weigh {one} --yes --operator Ada")
        assert done["is_complete"]
        assert done["missing"] == []
        device.factor = lambda formula: 1.03 if formula == "ZrO2" and "+" not in device.shown[-1] else 1.0
        assert "repeat with --rescue or --accept" in desk(f"bench weigh {two} --yes", refused=True)
        device.pan.put(device._tare_g)  # taken out again: nothing of it was kept
        rescued = desk(f"bench weigh {two} --yes --rescue")
        assert rescued["is_complete"]
        assert [row["status"] for row in rescued["precursors"]] == ["good"] * len(rescued["precursors"])
        assert any("+" in text for text in device.shown)  # the earlier ones were topped up
        device.factor = lambda formula: 0.5 if formula == "SiO2" else 1.0
        pulled = threading.Thread(target=_pull, args=(device, line), daemon=True)
        pulled.start()
        gone = desk(f"bench weigh {three} --yes", refused=True)
        pulled.join(10)
        assert "the port of the balance is gone" in gone
    before = desk(f"weigh {three}")
    assert "SiO2" in before["missing"]
    assert "ZrO2" not in before["missing"]
    device.factor = lambda formula: 1.0
    with PtyLine(device) as line:  # plugged in again: another name
        assert desk(f"bench weigh {three} --yes --port {line.address}")["is_complete"]


def _pull(device: WithHands, line: PtyLine) -> None:
    while not device.shown[-1].startswith("SiO2"):
        time.sleep(0.005)
    time.sleep(0.1)
    line.unplug()


def _calcine(desk: Desk, furnace: EurothermSimulator, arm: str, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Killed in mid-ramp, found again at another port."""
    with PtyLine(RtuServer(furnace)) as line:
        monkeypatch.setenv("NASICON_FURNACE_PORT", line.address)
        assert "not started" in desk("bench fire 1", refused=True)
        assert not furnace.has_run
        with desk.running("bench", "fire", "1", "--arm", arm) as process:
            process.until("run, segment 1")
            furnace.clock.turn(2000.0)
            time.sleep(0.5)
            furnace.clock.turn(0.0)
            process.kill()
    assert furnace.has_run
    assert 22 < furnace.furnace.programmer.setpoint_c < 350  # in mid-ramp
    assert "is still open" in desk("bench fire 1", refused=True)
    with PtyLine(RtuServer(furnace)) as line:
        monkeypatch.setenv("NASICON_FURNACE_PORT", "/dev/pts/none")  # the kernel may give the old name again
        assert "--port" in desk("bench attach", refused=True)
        with desk.running("bench", "attach", "--port", line.address) as process:
            process.until("found again")
            furnace.clock.turn(SPEED)
            done = process.answer()
        furnace.clock.turn(0.0)
    return done


def test_a_day_at_the_bench(
    desk: Desk, furnace: EurothermSimulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    labels = desk.samples(3)
    _weigh_the_three(desk, labels, monkeypatch)
    because = ("--without-reference", "a test of the bench")
    desk(f"load new --samples {','.join(labels)} --step calcination", *because)
    card = desk("bench card 1")["card"]
    assert "1100" in card
    done = _calcine(desk, furnace, f"{NAME},1100,1796.7", monkeypatch)
    assert set(done["firings"]) == set(labels)
    assert [event["kind"] for event in done["events"]] == ["attached", "gap", "ended"]
    for firing in done["firings"].values():
        assert firing["temperature_c"] == pytest.approx(1100, abs=2)
        assert 4 < firing["hours"] < 13  # 12 h, seen at as many moments as this computer finds time for
        assert firing["set_temperature_c"] == 1100
    assert "no run of this furnace is open" in desk("bench attach", refused=True)

    desk(f"load new --samples {','.join(labels)} --step sintering", *because)
    with PtyLine(RtuServer(furnace)) as line:
        monkeypatch.setenv("NASICON_FURNACE_PORT", line.address)
        with desk.running("bench", "fire", "2", "--arm", f"{NAME},1200,1503.3") as process:
            process.until("started")
            furnace.clock.turn(SPEED)
            sintered = process.answer()
    assert not sintered["is_open"]
    assert sintered["number"] == 2

    for n, label in enumerate(labels):
        desk(f"pellet new {label} --thickness-cm 0.112 --electrode-diameter-cm 1.2 --mass-g 0.6")
        path = tmp_path / f"{label}-P1.csv"
        path.write_bytes(_sweep(n))
        (imported,) = desk(f"import {path}")
        assert imported["state"] == "analysed", imported
    _what_is_learnt(desk, labels)
    assert desk("db check")["findings"] == []


def _sweep(seed: int) -> bytes:
    from datetime import UTC, datetime

    from nasicon_loop.eis import paper_spectrum

    spectrum = paper_spectrum(30.31, 35.35, seed=seed).spectrum
    started_at = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
    return xm_studio_csv(spectrum.frequency_hz, spectrum.impedance_ohm, started_at=started_at)


def _what_is_learnt(desk: Desk, labels: list[str]) -> None:
    """The training rows hold what was weighed; what was batched stands beside."""
    from nasicon_loop.lab.context import opened
    from nasicon_loop.lab.learning import training_rows

    with opened(desk.folder) as lab:
        rows, teaching = training_rows(lab)
    assert [row.sample_label for row in teaching] == labels
    for row, taught in zip([row for row in rows if row.origin == "lab"], teaching, strict=True):
        weighed = desk(f"weigh {taught.sample_label}")
        assert row.formula == weighed["weighed_formula"] == taught.weighed_formula
        assert taught.batched_formula == weighed["batched_formula"] != row.formula
        assert row.formula != taught.target_formula
        assert row.covariates["sintering_c"] == pytest.approx(1200, abs=2)
        assert 4 < row.covariates["sintering_h"] < 13
        assert row.covariates["excess_fraction"] == pytest.approx(0.15, abs=0.01)


def test_an_alarm_holds_the_furnace_and_an_edited_program_is_not_taken_up_again(
    desk: Desk, furnace: EurothermSimulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    (label,) = desk.samples(1)
    desk(f"weigh {label} --as-planned")
    with PtyLine(RtuServer(furnace)) as line:
        monkeypatch.setenv("NASICON_FURNACE_PORT", line.address)
        for wrong in ("another furnace,1100,1796.7", f"{NAME},1000,1796.7", f"{NAME},1100,600"):
            assert "confirm" in desk(f"bench fire {label} --step calcination --arm", wrong, refused=True)
        assert not furnace.has_run
        arm = ("--arm", f"{NAME},1100,1796.7")
        with desk.running("bench", "fire", label, "--step", "calcination", *arm) as process:
            process.until("run, segment 1")
            furnace.furnace.is_sensor_broken = True
            process.until("held: the program's clock stands")
            furnace.furnace.is_sensor_broken = False
            said = process.interrupt()
        assert "ALARM: the thermocouple is broken" in said
        assert "the furnace goes on by itself" in said
        furnace.edit_running_target(900.0)
        assert "edited while running" in desk("bench attach", refused=True)
    closed = desk("bench end --reason", "edited at the panel")
    shown = [CliRunner().invoke(app, words) for words in (["bench", "runs"], ["campaign", "journal"])]
    assert all(result.exit_code == 0 for result in shown)
    assert "ALARM: the thermocouple is broken" in shown[0].output
    assert "furnace.ended" in shown[1].output
    assert closed["firings"] == {}
    *refused_starts, run = desk("bench runs")
    assert [one["is_open"] for one in refused_starts] == [False] * 3
    assert all("not started" in one["events"][-1]["text"] for one in refused_starts)
    assert [event["kind"] for event in run["events"]] == ["alarm", "acted", "changed", "ended"]
    assert desk("db check")["findings"] == []


def test_a_person_at_the_keyboard(desk: Desk, balance: WithHands) -> None:
    (label,) = desk.samples(1)
    lines = desk(f"weigh {label}")["precursors"]
    balance.factor = lambda formula: 0.9 if formula == lines[1]["formula"] else 1.0
    left = desk(f"bench weigh {label} --operator Ada", stdin="\n\nwhat\nq\n")
    assert left["missing"] == [line["formula"] for line in lines[1:]]  # too little was read, not kept
    balance.pan.put(balance._tare_g)
    done = desk(f"bench weigh {label}", stdin="\nk\n" + 50 * "\n")
    assert done["is_complete"]
    assert [row["status"] for row in done["precursors"]][:3] == ["good", "short", "good"]
    from nasicon_loop.lab.context import opened

    with opened(desk.folder) as lab, lab.database.read() as reader:
        entries = reader.weighing_entries(reader.sample(label))
    assert {entry.balance for entry in entries} == {balance.serial_number}
    assert all(entry.raw_line and entry.raw_line.startswith("S S ") for entry in entries)
    assert (entries[0].operator, balance.display) == ("Ada", "")


def test_without_a_balance_masses_are_typed(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NASICON_BALANCE_DRIVER", "")
    (label,) = desk.samples(1)
    assert "no balance in lab.toml" in desk(f"bench weigh {label} --yes", refused=True)
    lines = desk(f"weigh {label}")["precursors"]
    too_much = lines[0]["target_g"] * 1.1
    typed = [f"{too_much}\na", *(f"{line['target_g']}" for line in lines[1:])]
    done = desk(f"bench weigh {label} --typed", stdin="\n".join(typed) + "\n")
    assert done["is_complete"]
    assert done["options"] == []  # it was accepted
    assert desk("bench runs") == []


def test_devices_are_found(desk: Desk, balance: WithHands, furnace: EurothermSimulator) -> None:
    with PtyLine(RtuServer(furnace)) as line:
        found = desk(f"bench devices --port {line.address}")["devices"]
    assert {"mt_sics", "eurotherm_2400"} <= {device["driver"] for device in found}, found
    assert "balance" in {device["role"] for device in found}


@pytest.mark.parametrize(
    ("section", "reason"),
    [
        ('[balance]\ndriver = "mt_sics"', "needs its port"),
        ('[furnace]\ndriver = "eurotherm_2400"\nport = "COM3"', "needs the furnace's name"),
        ('[furnace]\ndriver = "eurotherm_2400"\nname = "x"', "needs its port"),
        ('[furnace]\ndriver = "eurotherm_2400"\nname = "a,b"\nport = "COM3"', "name"),
        ('[furnace]\nport = "/dev/ttyUSB0"\nsimulated_speed = 60', "simulated furnaces only"),
        ('[furnace]\non_deviation = "ignore"', "on_deviation"),
    ],
)
def test_settings_that_make_no_sense_are_refused(section: str, reason: str, tmp_path: Path) -> None:
    from nasicon_loop.core import Refusal
    from nasicon_loop.lab.settings import load

    path = tmp_path / "lab.toml"
    path.write_text(section, encoding="utf-8")
    with pytest.raises(Refusal, match=reason):
        load(path, environment={})


def test_a_line_that_falls_silent_ends_the_watching_and_not_the_run(
    desk: Desk, furnace: EurothermSimulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    (label,) = desk.samples(1)
    monkeypatch.setenv("NASICON_FURNACE_STALE_AFTER_S", "0.3")
    with PtyLine(RtuServer(furnace)) as line:
        monkeypatch.setenv("NASICON_FURNACE_PORT", line.address)
        silence = threading.Thread(target=_once_running, args=(furnace, lambda: setattr(line.faults, "mute", True)))
        silence.start()
        said = desk(f"bench fire {label} --step sintering --arm", f"{NAME},1200,1503.3", refused=True)
        silence.join(10)
        assert f"{label} is planned, not calcined" in said
        assert "nothing was read for 0.3 s" in said or "perhaps started" in said
        line.faults.mute = False
        pulled = threading.Timer(1.5, line.unplug)
        pulled.start()
        assert "nasicon bench attach" in desk("bench attach", refused=True)
        pulled.join(10)
    (run,) = desk("bench runs")
    assert run["is_open"]
    assert [event["kind"] for event in run["events"]] == ["alarm", "attached", "gap", "alarm"]


def _once_running(furnace: EurothermSimulator, act: Callable[[], None]) -> None:
    while not furnace.has_run:
        time.sleep(0.005)
    time.sleep(0.8)
    act()


def test_a_reply_lost_at_the_start_leaves_the_run_open(
    desk: Desk, furnace: EurothermSimulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    (label,) = desk.samples(1)
    with PtyLine(RtuServer(furnace)) as line:
        monkeypatch.setenv("NASICON_FURNACE_PORT", line.address)
        command = furnace._command

        def start_and_fall_silent(value: int) -> None:
            command(value)
            line.faults.mute = True

        monkeypatch.setattr(furnace, "_command", start_and_fall_silent)
        said = desk(f"bench fire {label} --step sintering --arm", f"{NAME},1200,1503.3", refused=True)
    assert furnace.has_run
    assert "perhaps started" in said
    assert desk("bench runs")[0]["is_open"]
