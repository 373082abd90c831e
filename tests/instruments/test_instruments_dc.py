"""Current against time: found by heading and unit, rows of an impedance step left out."""

from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from instruments import UnreadableFile, read_dc, read_dc_bytes
from instruments.sim import xm_studio_csv


@pytest.mark.parametrize(
    "text",
    [
        "Time (s),Current (A),Voltage (V)\n0,1e-6,0.5\n60,5e-7,0.5\n",
        "some preamble\ntime/min;I/mA;Ewe/V\n0;0.001;0.5\n1;0.0005;0.5\n",
        "Time (s)\tCurrent (uA)\tPotential (mV)\n0\t1\t500\n60\t0,5\t500\n",
        "t (h), I (nA), U (V)\n0, 1000, 0.5\n0.016666666666666666, 500, 0.5\n",
    ],
)
def test_units_and_delimiters(text: str) -> None:
    trace = read_dc_bytes(text.encode())
    assert trace.time_s == pytest.approx([0.0, 60.0])
    assert trace.current_a == pytest.approx([1e-6, 5e-7])
    assert trace.voltage_v == pytest.approx(0.5)


def test_without_a_voltage_there_is_none() -> None:
    assert read_dc_bytes(b"Time (s),Current (A)\n0,1\n1,2\n").voltage_v is None


def test_the_dc_rows_of_an_xm_studio_export() -> None:
    f = np.logspace(5, 0, 26)
    data = xm_studio_csv(f, 100 + 0 * f, started_at=datetime(2024, 6, 20, tzinfo=UTC), dc_voltage_v=0.2)
    trace = read_dc_bytes(data)
    assert len(trace.time_s) == data.count(b"\n") - 4 - len(f)
    assert trace.current_a == pytest.approx(np.full(len(trace.time_s), 0.002))
    assert trace.voltage_v == pytest.approx(0.2)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "empty"),
        (b"Frequency (Hz),Z' (Ohm)\n1,2\n", "no line names a time and a current"),
        (b"Time (s),Current\n0,1\n", "no unit"),
        (b"Time (s),Current (kA)\n0,1\n", "unknown unit"),
        (b"Time (s),Current (A)\n0,nan\n", "not a finite number"),
        (b"Time (s),Current (A)\n0\n", "1 fields"),
        (b"Time (s),Current (A)\n", "no row"),
        (b"Time (s),Current (A)\n,1\n2,3\n", "without a time"),
    ],
)
def test_what_cannot_be_read_is_refused(data: bytes, words: str) -> None:
    with pytest.raises(UnreadableFile, match=words):
        read_dc_bytes(data)


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile, match="no such file"):
        read_dc(tmp_path / "no.csv")
