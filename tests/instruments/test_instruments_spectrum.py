"""A spectrum is a value: checked, frozen, picklable."""

import pickle
import subprocess
import sys

import numpy as np
import pytest

from instruments import Spectrum, numbers_sha256
from nasicon_loop.core import Refusal, to_json

F = np.array([100.0, 10.0, 1.0])
Z = np.array([1 - 1j, 2 - 2j, 3 - 3j])


def test_arrays_are_copies_that_nobody_can_write():
    frequency = F.copy()
    spectrum = Spectrum(frequency, Z, {"name": "a"})
    frequency[0] = 7
    assert spectrum.frequency_hz[0] == 100.0
    assert spectrum.n_points == 3
    with pytest.raises(ValueError, match="read-only"):
        spectrum.impedance_ohm[0] = 0
    with pytest.raises(TypeError):
        spectrum.metadata["name"] = "b"  # type: ignore[index]


@pytest.mark.parametrize(
    ("frequency", "impedance", "words"),
    [
        (F, Z[:2], "as many of each"),
        (F[:0], Z[:0], "at least one point"),
        (np.array([1.0, 0.0, 2.0]), Z, "greater than 0 Hz"),
        (F, np.array([1, np.nan, 2]), "finite"),
        (np.array([1.0, np.inf, 2.0]), Z, "finite"),
        (F.reshape(1, 3), Z.reshape(1, 3), "as many of each"),
    ],
)
def test_nonsense_is_refused_with_a_reason(frequency, impedance, words):
    with pytest.raises(Refusal, match=words):
        Spectrum(frequency, impedance)


def test_pickled_spectra_come_back_equal_and_still_read_only():
    spectrum = Spectrum(F, Z, {"warnings": ["w"]}).with_temperature(25.0, 0.5, "command")
    back = pickle.loads(pickle.dumps(spectrum))  # noqa: S301 - our own bytes
    assert back == spectrum
    assert hash(back) == hash(spectrum)
    assert back.metadata == spectrum.metadata
    assert not back.frequency_hz.flags.writeable
    assert back.temperature_source == "command"


def test_equality_looks_at_numbers_and_temperature_not_at_metadata():
    assert Spectrum(F, Z) == Spectrum(F, Z, {"name": "x"})
    assert Spectrum(F, Z) != Spectrum(F, 2 * Z)
    assert Spectrum(F, Z) != Spectrum(F, Z).with_temperature(20, None, "file")


def test_a_spectrum_can_be_written_as_json():
    assert '"frequency_hz"' in to_json(Spectrum(F, Z, {"sweep": 1}))


def test_fingerprint_ignores_the_last_digit_and_metadata_but_not_a_number():
    first = [Spectrum(F, Z, {"name": "a"})]
    assert numbers_sha256(first) == numbers_sha256([Spectrum(F, Z * (1 + 1e-9), {"name": "b"})])
    assert numbers_sha256(first) != numbers_sha256([Spectrum(F, Z * 1.001)])
    assert numbers_sha256(first) != numbers_sha256([*first, *first])
    assert numbers_sha256([Spectrum(F, Z.real + 0j)]) == numbers_sha256([Spectrum(F, np.conj(Z.real + 0j))])


def test_import_of_the_room_loads_neither_numpy_nor_readers():
    code = (
        "import sys, instruments; print(sorted(m for m in sys.modules if m == 'numpy' or m.startswith('instruments')))"
    )
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert shown.strip() == "['instruments']"


def test_unknown_names_of_the_room_are_attribute_errors():
    import instruments
    import instruments.sim

    with pytest.raises(AttributeError, match="nonsense"):
        _ = instruments.nonsense
    with pytest.raises(AttributeError, match="nonsense"):
        _ = instruments.sim.nonsense
    assert set(instruments.__all__) == set(dir(instruments))
    assert all(hasattr(instruments, name) for name in instruments.__all__)
    assert all(hasattr(instruments.sim, name) for name in instruments.sim.__all__)
