"""lab.toml: defaults, order of sources, and one line for whatever is wrong."""

from pathlib import Path

import pytest

from nasicon_loop.core import Refusal
from nasicon_loop.lab.settings import Settings, load, template


def write(folder: Path, text: str) -> Path:
    path = folder / "lab.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_template_says_the_defaults(tmp_path: Path) -> None:
    settings = load(write(tmp_path, template("lab")), environment={})
    assert settings == Settings()


def test_the_template_shows_every_key() -> None:
    text = template("x")
    for section, field in Settings.model_fields.items():
        assert f"[{section}]" in text
        model = field.annotation
        assert model is not None
        for key in getattr(model, "model_fields", {}):
            assert f"\n{key} = " in text or f"\n# {key} = " in text, (section, key)


def test_a_name_is_written_so_that_it_comes_back(tmp_path: Path) -> None:
    name = 'Li\\Na "lab" \N{GREEK SMALL LETTER ALPHA} [x] @PREFIX@'
    settings = load(write(tmp_path, template(name, "AB2")), environment={})
    assert settings.lab.name == name
    assert settings.lab.label_prefix == "AB2"


def test_flag_before_environment_before_file_before_default(tmp_path: Path) -> None:
    path = write(tmp_path, "[measurement]\ntemperature_c = 22\n[watch]\npoll_seconds = 9\n")
    environment = {"NASICON_MEASUREMENT_TEMPERATURE_C": "24.5", "NASICON_WATCH_IGNORE": "*.bak, *.x", "HOME": "/"}
    assert load(path, environment={}).measurement.temperature_c == 22
    assert load(path, environment=environment).measurement.temperature_c == 24.5
    flags = {"measurement.temperature_c": 30.0, "watch.poll_seconds": None}
    settings = load(path, flags, environment)
    assert settings.measurement.temperature_c == 30.0
    assert settings.watch.poll_seconds == 9
    assert settings.watch.ignore == ("*.bak", "*.x")
    assert settings.watch.settle_seconds == Settings().watch.settle_seconds


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("[measurement]\ntemperatur_c = 1\n", "lab.toml: [measurement] temperatur_c: unknown key"),
        ("[nonsense]\nx = 1\n", "lab.toml: [nonsense]: unknown section"),
        ("temperature_c = 1\n", "lab.toml: temperature_c stands outside a [section]"),
        ("[watch]\npoll_seconds = 0\n", "lab.toml: [watch] poll_seconds: input should be greater than 0, not 0"),
        ("[recipe]\nexcess_basis = 'weight'\n", "lab.toml: [recipe] excess_basis: input should be 'precursor', "),
        ("[lab]\nlabel_prefix = 'N L'\n", "lab.toml: [lab] label_prefix: "),
        ("[lab\n", "lab.toml: is not valid TOML: "),
        ("[measurement]\nactivation_energy_ev = nan\n", "lab.toml: [measurement] activation_energy_ev: "),
        ("[fit]\nno_such_gate = 1\n", "lab.toml: [fit] no_such_gate: unknown key"),
    ],
)
def test_what_is_wrong_is_one_line(tmp_path: Path, text: str, line: str) -> None:
    with pytest.raises(Refusal) as refusal:
        load(write(tmp_path, text), environment={})
    assert str(refusal.value).startswith(line)
    assert "\n" not in str(refusal.value)


def test_a_wrong_environment_is_named(tmp_path: Path) -> None:
    with pytest.raises(Refusal, match=r"\[watch\] poll_seconds: .*from NASICON_WATCH_POLL_SECONDS"):
        load(write(tmp_path, ""), environment={"NASICON_WATCH_POLL_SECONDS": "soon"})


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refusal, match="no such file"):
        load(tmp_path / "lab.toml", environment={})


def test_binary_settings_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "lab.toml"
    path.write_bytes(b"\xff\xfe\x00[lab]")
    with pytest.raises(Refusal, match="not valid TOML"):
        load(path, environment={})
