"""Ways in through files of instruments."""

import json
import unicodedata
from collections.abc import Callable

import numpy as np

from fuzz import samples

Run = Callable[[bytes], None]
_HARMFUL = frozenset(("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"))


def is_harmless(text: str) -> bool:
    """Tell whether text is one line without control, format, private or unassigned characters."""
    return not any(unicodedata.category(char) in _HARMFUL for char in text)


def check_text(value: object) -> None:
    """Raise AssertionError where text, however deep, holds a character that a terminal acts on."""
    if isinstance(value, str):
        assert is_harmless(value), f"not harmless: {value!r}"
    elif isinstance(value, dict):
        for key, item in value.items():
            check_text(key)
            check_text(item)
    elif isinstance(value, list | tuple):
        for item in value:
            check_text(item)


def check_spectrum(spectrum: object) -> None:
    """Raise AssertionError when a spectrum breaks what its class promises."""
    from instruments import Spectrum
    from nasicon_loop.core import to_json

    assert isinstance(spectrum, Spectrum)
    assert np.isfinite(spectrum.frequency_hz).all()
    assert (spectrum.frequency_hz > 0).all()
    assert np.isfinite(spectrum.impedance_ohm).all()
    check_text(json.loads(to_json(dict(spectrum.metadata))))


def reader(name: str) -> Callable[[], Run]:
    """Return the maker of a run over one reader, whatever it claims."""

    def make() -> Run:
        from instruments.registry import available_readers

        (found,) = [one for one in available_readers() if one.name == name]

        def run(data: bytes) -> None:
            found.claims(data[:65_536])
            for spectrum in found.read(data):
                check_spectrum(spectrum)

        return run

    return make


def any_file() -> Run:
    """Recognise, read, thin, fingerprint: what an import does with bytes."""
    from instruments import numbers_sha256, read_bytes

    def run(data: bytes) -> None:
        spectra = read_bytes(data, "file")
        for spectrum in spectra:
            check_spectrum(spectrum)
        assert len(numbers_sha256(spectra)) == 64

    return run


def worksheet() -> Run:
    """A workbook whose sheet is the input: past the ZIP's checksums, into the XML."""
    from instruments.registry import available_readers

    (found,) = [one for one in available_readers() if one.name == "xlsx"]

    def run(data: bytes) -> None:
        for spectrum in found.read(samples.repacked(data)):
            check_spectrum(spectrum)

    return run


def run_settings() -> Run:
    """XM-studio's set-up (XML) and log."""
    from instruments import run_folder

    def run(data: bytes) -> None:
        metadata, warnings = run_folder.about(data, data)
        check_text(metadata)
        check_text(warnings)

    return run


def dc_trace() -> Run:
    """Current against time."""
    from instruments.dc_trace import read_dc_bytes

    def run(data: bytes) -> None:
        trace = read_dc_bytes(data)
        assert trace.time_s.shape == trace.current_a.shape
        assert np.isfinite(trace.time_s).all()
        assert np.isfinite(trace.current_a).all()

    return run
