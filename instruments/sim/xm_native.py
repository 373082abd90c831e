"""Writes XM-studio's binary `_0.data` and the files beside it as docs/files.md describes them, not after our reader."""

import math
import struct
from collections.abc import Sequence

from numpy.typing import ArrayLike

from instruments.sim.sweeps import Sweeps, as_pairs

_NAN32, _INF32 = b"\x00\x00\xc0\xff", b"\x00\x00\x80\x7f"
_GROUP, _STEP, _LOOP, _TURN = 3, 6, 7, 8
_NO_SIBLING, _NO_CHILD = -2, -3
_HEADER_BYTES, _RECORD_BYTES = 38, 148
_TICKS_1601 = 504911232000000000
_TICKS_PER_S = 10_000_000


def xm_native_data(
    frequency_hz: Sweeps,
    impedance_ohm: ArrayLike | None = None,
    *,
    names: Sequence[str] = (),
    ac_amplitude_v: float = 0.004,
    dc_voltage_v: float = 0.2,
    n_dc_rows: int = 2,
) -> bytes:
    """Return a `_0.data` file: a group, a loop, one turn per sweep, in each a step with its records.

    Takes sweeps as `xm_studio_csv` does; `names` are those of the turns (`DC = 0.0 mV`, ... by default).
    """
    pairs = as_pairs(frequency_hz, impedance_ohm)
    begin = 0
    group = _block(_GROUP, begin, [("SN", "0"), ("ST", str(_TICKS_1601)), ("NM", "Pstat Group 1"), ("EA", "0.0001")])
    loop = _block(_LOOP, len(group), [("ST", str(_TICKS_1601)), ("SN", "0.1"), ("NM", "Scan DC Voltage")])
    content = group + loop
    for number, (frequencies, impedances) in enumerate(pairs, start=1):
        name = names[number - 1] if number <= len(names) else f"DC = {25.0 * (number - 1)} mV"
        points = list(zip(frequencies.tolist(), impedances.tolist(), strict=True))
        start_s = 100 * (number - 1)
        records = [_record(start_s + k + 1, dc_voltage_v, math.nan, None, 0.0) for k in range(n_dc_rows)]
        at_s = start_s + n_dc_rows
        records.append(_record(at_s, dc_voltage_v, math.inf, None, 0.0))
        records += [_record(at_s + k // 3 + 1, dc_voltage_v, f, z, ac_amplitude_v) for k, (f, z) in enumerate(points)]
        turn = _block(_TURN, len(content), [("ST", str(_TICKS_1601)), ("SN", f"0.1.{number}"), ("NM", name)])
        keys = [("ST", str(_TICKS_1601)), ("SN", f"0.1.{number}.1"), ("NM", f"Potentiostatic Impedance ({name})")]
        step = _block(_STEP, len(content) + len(turn), keys, n_records=len(records))
        after = len(content) + len(turn) + len(step) + len(records) * _RECORD_BYTES
        if number < len(pairs):
            turn = turn[:8] + struct.pack("<q", after) + turn[16:]
        content += turn + step + b"".join(records)
    return content


def _block(kind: int, offset: int, keys: Sequence[tuple[str, str]], *, n_records: int = 0) -> bytes:
    text = "".join(f"{key}\0{value}\0" for key, value in keys) + "\0" * 60
    begin = offset + _HEADER_BYTES + 2 * len(text)
    child, data = (_NO_CHILD, begin) if kind == _STEP else (begin, 0)
    header = struct.pack("<HHIqqqiH", kind, 4, len(text), _NO_SIBLING, child, data, n_records, 0)
    return header + text.encode("utf-16-le")


def _record(at_s: int, voltage_v: float, frequency_hz: float, impedance_ohm: complex | None, ac_v: float) -> bytes:
    """Return one record; without an impedance a DC sample (frequency NaN) or the mark of a sweep (infinite)."""
    head = struct.pack("<qfff", at_s * _TICKS_PER_S, voltage_v, 1e-6, 1e-6 * at_s)
    ranges = b"\0\0\x01\x02"
    if impedance_ohm is None:
        level = _INF32 if math.isinf(frequency_hz) else _NAN32
        signals = level * 2 + b"\0" * 4 + _NAN32 * 4
    else:
        voltage = complex(ac_v * math.cos(frequency_hz % 1), ac_v * math.sin(frequency_hz % 1))
        current = voltage / impedance_ohm
        levels = (ac_v, voltage_v, 0.0)
        signals = struct.pack("<7f", *levels, current.real, current.imag, voltage.real, voltage.imag)
    return head + ranges + _NAN32 * 6 + struct.pack("<d", frequency_hz) + signals + _NAN32 * 16


def xm_settings_xml(*, experiment: str = "Experiment 1", offset: str = "+01:00") -> bytes:
    """Return an `Experiment.infoRun` with the elements that tell something about a run."""
    return f"""<?xml version="1.0" encoding="utf-8"?>
<ExperimentClass xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
  <FileHeader Username="x" LastModDate="2024-01-15T11:43:19.2739982{offset}" />
  <Name>{experiment}</Name>
  <CellSetup>
    <Area Quantity="Area" Value="0.0001" Units="cm2" />
    <Thickness Quantity="Length" Value="0.001" Units="mm" />
  </CellSetup>
  <Steps><Step><StepType>PotentiostaticImpedance</StepType><ImpedanceSetup>
    <StartFrequency Quantity="Frequency" Value="1000000" Units="MHz" />
    <EndFrequency Quantity="Frequency" Value="1" Units="Hz" />
    <AcLevel Quantity="Voltage" Value="0.004" Units="mV" />
  </ImpedanceSetup></Step></Steps>
</ExperimentClass>""".encode()


def xm_log_text(*, version: str = "XM-studio ECS 3.6.8657", started: str = "2024-01-15T11:43:18") -> bytes:
    """Return the first lines of a `LogFile.txt`."""
    line = f"0\t00:00:00.000\t{version}    Experiment Start time: {started}\r\n"
    return (line + "0\t00:00:01.000\tExperiment Progress: 1:1,0,0,0,0,0,0,0:0\r\n").encode("utf-8-sig")
