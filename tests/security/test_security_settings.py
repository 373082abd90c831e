"""lab.toml and the files beside it are data: nothing in them runs, nothing in them ends the program without a word."""

import math
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest

import db
import recipes
from instruments.devices import DeviceError, parse_profile
from nasicon_loop import eis
from nasicon_loop.core import Refusal
from nasicon_loop.lab.settings import Settings, load

ENDLESS = {
    "brackets": "x = " + "[" * 5000,
    "tables": "x = " + "{a=" * 5000,
    "digits": "x = 1" + "0" * 5000,
    "escape": 'x = "\\ud800"',
    "not text": "\udcff",
    "nul": 'x = "\0"',
}


@pytest.mark.parametrize("text", ENDLESS.values(), ids=ENDLESS.keys())
def test_toml_without_end_is_refused_in_one_line_everywhere(text: str, tmp_path: Path) -> None:
    path = tmp_path / "lab.toml"
    path.write_bytes(f"[fit]\n{text}\n".encode("utf-8", "surrogateescape"))
    with pytest.raises(Refusal, match="not valid TOML") as caught:
        load(path, environment={})
    assert "\n" not in str(caught.value)
    (tmp_path / "protocols").mkdir()
    (tmp_path / "protocols" / "own.toml").write_bytes(f"schema = 1\n{text}\n".encode("utf-8", "surrogateescape"))
    with pytest.raises(Refusal, match="cannot be read as TOML"):
        recipes.protocols(tmp_path / "protocols")
    if "\udcff" not in text:
        with pytest.raises(DeviceError, match="not a valid profile"):
            parse_profile(text)


@pytest.mark.parametrize(
    "url",
    [
        "evil+plugin://x/y",
        "mysql://root@127.0.0.1/x",
        "sqlite+pysqlcipher://x",
        "sqlite://",
        "oracle+cx_oracle://x",
        "file:///etc/passwd",
        "://",
    ],
)
def test_a_database_url_names_one_of_two_databases_and_loads_no_other_driver(url: str) -> None:
    with pytest.raises(Refusal):
        db.open(url)


def test_a_password_is_not_shown() -> None:
    with pytest.raises(Refusal) as caught:
        db.open("mysql://me:secret@host/x")
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("name", ["../../etc/passwd", "a/b", "..\\x", "", "$(touch x)", "`id`", "x\ny"])
def test_a_protocol_is_named_and_never_a_path(name: str, tmp_path: Path) -> None:
    path = tmp_path / "lab.toml"
    path.write_text(f"[recipe]\nprotocol = {name!r}\n".replace("\\n", "n"), encoding="utf-8")
    if name != "x\ny":
        with pytest.raises(Refusal, match="protocol"):
            load(path, environment={})
    with pytest.raises(Refusal, match="no such protocol"):
        recipes.plan("Na3Zr2Si2PO12", protocol=name)


def test_values_stay_values(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What other configuration languages would expand, run or include is plain text here."""
    monkeypatch.setenv("SECRET", "do not show")
    monkeypatch.chdir(tmp_path)
    for text in ("$SECRET ${SECRET} %(SECRET)s", "$(touch owned)", "!!python/object/apply:os.system", "{{7*7}}"):
        (tmp_path / "lab.toml").write_text(f"[lab]\nname = '{text}'\n", encoding="utf-8")
        assert load(tmp_path / "lab.toml", environment={}).lab.name == text
    assert [entry.name for entry in tmp_path.iterdir()] == ["lab.toml"]


def test_settings_are_small(tmp_path: Path) -> None:
    (tmp_path / "lab.toml").write_bytes(b"#" * 1_000_001)
    with pytest.raises(Refusal, match="larger than 1 MB"):
        load(tmp_path / "lab.toml", environment={})


ODD = (
    "[]", "{}", "[1, 2]", '["a"]', "{a = 1}", "nan", "inf", "-inf", "1e400", "9" * 30, "-1", "0", "0.5", "true", '"x"',
    '""', '"\\u0000"', '"\\u202e"', "1979-05-27", "1979-05-27T07:32:00Z", "07:32:00", "[[[]]]", '"1e5"', '"nan"',
    "[{a = 1}]", f'"{"a" * 5000}"',
)  # fmt: skip


@pytest.mark.parametrize("section", Settings.model_fields)
def test_odd_values_of_every_key_are_taken_or_refused_in_one_line(section: str, tmp_path: Path) -> None:
    """Every kind of value that TOML has, for every key; no number that is taken is infinite or none."""
    kind: Any = Settings.model_fields[section].annotation
    keys = [field.name for field in fields(eis.Settings)] if section == "fit" else list(kind.model_fields)
    path = tmp_path / "lab.toml"
    for key in keys:
        for value in ODD:
            path.write_text(f"[{section}]\n{key} = {value}\n", encoding="utf-8")
            said = _taken_or_refused(path)
            if isinstance(said, Refusal):
                assert str(said).isprintable(), (key, value)
                continue
            got = getattr(said, section)
            number = got.given()[key] if section == "fit" else getattr(got, key)
            assert not isinstance(number, float) or math.isfinite(number), (key, value)


def _taken_or_refused(path: Path) -> Settings | Refusal:
    try:
        return load(path, environment={})
    except Refusal as refusal:
        return refusal
