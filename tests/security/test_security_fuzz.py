"""The harnesses of `make fuzz` in a short form: good inputs, inputs that once ended badly, some mutations."""

import random
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fuzz.harness import Record, place_of, watched
from fuzz.mutator import mutated
from fuzz.targets import TARGETS, attempt
from nasicon_loop.core import Refusal

REGRESSIONS = Path(__file__).resolve().parents[2] / "fuzz" / "regressions"
SLOW = {"cif": 3, "reader_xlsx": 10, "read_bytes": 15, "mt_sics_balance": 15}
BYTES_ONLY = ("formula", "circuit", "file_name", "mt_sics_line", "modbus_tcp", "furnace_registers", "run_folder")


@pytest.fixture
def ports() -> Iterator[None]:
    """Put back what harnesses replace: ports, sockets, the clock of the balance's driver."""
    import minimalmodbus

    from instruments.devices import modbus_rtu, modbus_tcp, mt_sics

    with pytest.MonkeyPatch.context() as patch:
        for module, name in (
            (mt_sics, "open_serial"), (mt_sics, "time"), (modbus_rtu, "open_serial"), (modbus_tcp, "socket"),
            (minimalmodbus, "_calculate_minimum_silent_period"),
        ):  # fmt: skip
            patch.setattr(module, name, getattr(module, name))
        yield


@pytest.mark.parametrize("name", TARGETS)
def test_good_inputs_old_findings_and_mutations_end_in_values_or_refusals(name: str, ports: None) -> None:
    target = TARGETS[name]
    seeds = list(target.seeds())
    run = target.make()
    kept = [path.read_bytes() for path in sorted(REGRESSIONS.glob(f"{name}/*"))]
    source = random.Random(7)  # noqa: S311 - reproducibility, not secrecy
    tries = [mutated(seeds, target.words, target.max_bytes, source) for _ in range(SLOW.get(name, 40))]
    for data in [*seeds, *kept, *tries]:
        attempt(run, data)


def test_seeds_are_good_inputs() -> None:
    """A harness whose seeds are refused at the door would fuzz the door."""
    for name in (
        "formula",
        "circuit",
        "cif",
        "lab_toml",
        "protocol_toml",
        "weights_manifest",
        "xlsx_sheet",
        "dc_trace",
    ):
        TARGETS[name].make()(TARGETS[name].seeds()[0])
    for name, target in TARGETS.items():
        if name.startswith("reader_"):
            target.make()(target.seeds()[0])


@pytest.mark.parametrize("name", BYTES_ONLY)
def test_any_bytes(name: str, ports: None) -> None:
    run = TARGETS[name].make()

    @settings(max_examples=60, suppress_health_check=list(HealthCheck), deadline=None)
    @given(st.binary(max_size=300))
    def look(data: bytes) -> None:
        attempt(run, data)

    look()


def test_every_regression_has_its_target() -> None:
    assert {folder.name for folder in REGRESSIONS.iterdir()} <= set(TARGETS)
    assert all(path.stat().st_size < 10_000 for path in REGRESSIONS.glob("*/*"))


def _runner(error: Exception | None) -> Callable[[bytes], None]:
    def run(data: bytes) -> None:
        if error is not None and data.startswith(b"x"):
            raise error

    return run


def test_a_finding_is_kept_once_and_the_run_goes_on(tmp_path: Path) -> None:
    record = Record("demo", tmp_path)
    one = watched(record, _runner(KeyError("lost")))
    for data in (b"good", b"x1", b"x2", b"good"):
        one(data)
    assert record.n_runs == 4
    (name,) = record.findings.values()
    assert (tmp_path / "findings" / name).read_bytes() == b"x1"
    assert "KeyError at targets.py" in next(iter(record.findings))


@pytest.mark.parametrize("reason", ["two\nlines", "an \x1b escape", "a \u2028 separator", ""])
def test_a_refusal_has_to_be_one_harmless_line(reason: str) -> None:
    with pytest.raises(AssertionError):
        attempt(_runner(Refusal(reason)), b"x")
    attempt(_runner(Refusal("is empty: export it again")), b"x")


def test_a_place_is_the_deepest_line_of_ours() -> None:
    from nasicon_loop.core.units import kelvin

    with pytest.raises(ValueError, match="absolute zero") as caught:
        kelvin(-400.0)
    assert place_of(caught.value).startswith("ValueError at units.py:")


def test_mutations_are_the_same_for_the_same_seed() -> None:
    def twenty(seed: int) -> list[bytes]:
        source = random.Random(seed)  # noqa: S311 - reproducibility, not secrecy
        return [mutated([b"abc" * 9], ["w"], 50, source) for _ in range(20)]

    assert twenty(1) == twenty(1)
    assert len(set(twenty(1))) > 10
