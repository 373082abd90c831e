"""The check that an XM-studio export carries in itself: V/A and |Z|, phase must give Z' and Z'' again.

In 7013 genuine points of XM-studio the largest relative difference is 9e-7 (the rounding to seven digits).
"""

import cmath
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from instruments.errors import UnreadableFile
from instruments.readers.text import number

ROUNDED = 2e-5
"""Relative difference above which the file is no longer as exported; up to `EDITED` it was merely saved rounded."""
EDITED = 1e-3
_AC_SIGNALS = ("V' (V)", "V'' (V)", "A' (A)", "A'' (A)")


@dataclass(slots=True)
class Integrity:
    """Reads the points of an export and keeps the worst contradiction it meets."""

    names: list[str]
    columns: Mapping[str, tuple[int, float]]
    signals: tuple[int, ...]
    worst: float = 0.0
    worst_line: int = 0
    worst_pair: str = ""
    is_checked: bool = False

    @classmethod
    def of(cls, names: list[str], columns: Mapping[str, tuple[int, float]]) -> "Integrity":
        """Prepare for a heading."""
        has_all = all(name in names for name in _AC_SIGNALS)
        return cls(names, columns, tuple(names.index(name) for name in _AC_SIGNALS) if has_all else ())

    def point(self, line: int, fields: Sequence[str]) -> tuple[float, complex]:
        """Return frequency (Hz) and impedance (ohm) of an AC row; `UnreadableFile` when a field is no number."""
        frequency_hz = self._value("frequency", line, fields)
        if frequency_hz <= 0:
            raise UnreadableFile(f"line {line}: the frequency {frequency_hz:g} Hz is not positive")
        polar = None
        if "modulus" in self.columns and "phase" in self.columns and fields[self.columns["phase"][0]]:
            polar = cmath.rect(self._value("modulus", line, fields), self._value("phase", line, fields))
        if "real" not in self.columns or "imaginary" not in self.columns:
            impedance_ohm = polar if polar is not None else 0j
        else:
            impedance_ohm = complex(self._value("real", line, fields), self._value("imaginary", line, fields))
            if polar is not None:
                self._compare(line, impedance_ohm, polar, "|Z| and phase")
        self._compare_signals(line, impedance_ohm, fields)
        return frequency_hz, impedance_ohm

    def _value(self, quantity: str, line: int, fields: Sequence[str]) -> float:
        index, factor = self.columns[quantity]
        return number(fields[index], line, self.names[index]) * factor

    def _compare_signals(self, line: int, impedance_ohm: complex, fields: Sequence[str]) -> None:
        if not self.signals or not all(fields[index] for index in self.signals):
            return
        v_re, v_im, a_re, a_im = (number(fields[index], line, self.names[index]) for index in self.signals)
        current = complex(a_re, a_im)
        if current != 0:
            self._compare(line, impedance_ohm, complex(v_re, v_im) / current, "V/A")

    def _compare(self, line: int, impedance_ohm: complex, other: complex, pair: str) -> None:
        self.is_checked = True
        size = max(abs(impedance_ohm), abs(other))
        difference = abs(impedance_ohm - other) / size if size else 0.0
        if difference > self.worst:
            self.worst, self.worst_line, self.worst_pair = difference, line, pair

    def reason(self) -> str:
        """Say that the file contradicts itself, and where."""
        return (
            f"line {self.worst_line}: {self.worst_pair} and Z', Z'' differ by {100 * self.worst:.2g} %: the file was"
            " edited or saved by another program, export it again from XM-studio"
        )

    def warnings(self) -> list[str]:
        """Return what a chemist should know although the file is read."""
        if not self.is_checked:
            return ["V, A, |Z| and phase were not exported, so Z could not be checked against them"]
        if self.worst > ROUNDED:
            return [f"numbers are rounded ({self.worst:.1e} at line {self.worst_line}): saved by another program?"]
        return []
