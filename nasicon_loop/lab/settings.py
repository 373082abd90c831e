"""`lab.toml`: what one laboratory wants, checked. Flag > environment > `lab.toml` > default."""

import json
import os
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from nasicon_loop.core import Refusal, plain, read_bounded
from nasicon_loop.lab.settings_devices import BalanceSection, FurnaceSection
from nasicon_loop.lab.settings_policy import PolicySection, check_policy
from nasicon_loop.lab.settings_text import TEMPLATE

if TYPE_CHECKING:
    from nasicon_loop.lab.folder import LabFolder

FILE_NAME = "lab.toml"
ENVIRONMENT_PREFIX = "NASICON_"
_MAX_BYTES = 1_000_000

Positive = Annotated[float, Field(gt=0, allow_inf_nan=False)]
NotNegative = Annotated[float, Field(ge=0, allow_inf_nan=False)]


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


class LabSection(_Section):
    """Who we are. `operator` signs what is done without `--who`."""

    name: Annotated[str, Field(min_length=1, max_length=100)] = "lab"
    label_prefix: Annotated[str, Field(pattern=r"^[A-Z][A-Z0-9]{0,7}$")] = "NL"
    operator: Annotated[str, Field(max_length=100)] = ""


class DatabaseSection(_Section):
    """Where results are kept; an empty `url` is the file `lab.db` in the lab folder."""

    url: Annotated[str, Field(max_length=500)] = ""


class MeasurementSection(_Section):
    """What a measurement file does not say. Temperatures in °C, energies in eV, lengths in cm; `_sd` is one sigma."""

    temperature_c: Annotated[float, Field(ge=-200, le=1000)] | None = None
    temperature_sd_c: Annotated[float, Field(gt=0, le=100)] = 1.0
    activation_energy_ev: Annotated[float, Field(gt=0, le=3)] = 0.32
    activation_energy_ev_sd: Annotated[float, Field(ge=0, le=3)] = 0.05
    thickness_sd_cm: Positive | None = None
    electrode_diameter_sd_cm: Positive | None = None
    caliper_resolution_cm: Annotated[float, Field(ge=0, le=0.1)] = 0.001


class FitSection(BaseModel):
    """Gates of the analysis, by the names of `nasicon_loop.eis.Settings`; only what is given replaces a default."""

    model_config = ConfigDict(extra="allow", frozen=True)

    def given(self) -> dict[str, Any]:
        """Return the gates that lab.toml or the environment sets."""
        return dict(self.model_extra or {})


class WatchSection(_Section):
    """How the inbox is looked at. Seconds; patterns as in a shell, against the file's name in any case."""

    settle_seconds: Annotated[float, Field(ge=0, le=3600)] = 3.0
    patience_seconds: Annotated[float, Field(ge=0, le=86400)] = 30.0
    poll_seconds: Annotated[float, Field(gt=0, le=3600)] = 5.0
    ignore: tuple[str, ...] = (".*", "~$*", "*.tmp", "*.part", "*.partial", "*.crdownload", "thumbs.db", "desktop.ini")
    max_depth: Annotated[int, Field(ge=0, le=20)] = 4
    use_events: bool = True
    analyse: bool = True


class TrainingSection(_Section):
    """When and how the network learns again; 0 results switch automatic training off."""

    retrain_after_n_results: Annotated[int, Field(ge=0, le=10_000)] = 1
    seed: Annotated[int, Field(ge=0, le=2**31 - 1)] = 0
    threads: Annotated[int, Field(ge=0, le=256)] = 0


class RecipeSection(_Section):
    """Habits of the bench: g, cm, MPa, °C."""

    protocol: Annotated[str, Field(min_length=1, max_length=100, pattern=r"^[\w.-]+$")] = "paper"
    excess_percent: Annotated[float, Field(ge=0, le=200)] = 15.0
    excess_basis: Literal["precursor", "element", "batch"] = "precursor"
    pellet_mass_g: Annotated[float, Field(gt=0, le=100)] = 0.6
    green_density: Annotated[float, Field(gt=0.2, lt=1)] = 0.6
    die_diameter_cm: Annotated[float, Field(gt=0, le=20)] = 1.6
    die_limit_mpa: Positive | None = None
    furnace_ceiling_c: Annotated[float, Field(gt=100, le=3000)] = 1600.0
    allow_toxic: bool = False


class CampaignSection(_Section):
    """How the next compositions are chosen, and when something counts as forgotten; 0 days: never."""

    acquisition: Literal["ei", "nei", "ucb", "thompson", "novelty"] = "ei"
    batch_size: Annotated[int, Field(ge=1, le=50)] = 4
    one_load: bool = True
    stale_after_days: Annotated[float, Field(ge=0, le=3650)] = 14.0


class DummySection(_Section):
    """The dummy cell that is measured every day: its nominal resistance; without `r_ohm` nothing is watched."""

    r_ohm: Positive | None = None
    limit_percent: Annotated[float, Field(gt=0, le=100)] = 1.0
    max_age_hours: Annotated[float, Field(gt=0, le=24 * 366)] = 24.0


class Settings(_Section):
    """All of `lab.toml`; frozen."""

    lab: LabSection = LabSection()
    database: DatabaseSection = DatabaseSection()
    measurement: MeasurementSection = MeasurementSection()
    fit: FitSection = FitSection()
    watch: WatchSection = WatchSection()
    training: TrainingSection = TrainingSection()
    recipe: RecipeSection = RecipeSection()
    campaign: CampaignSection = CampaignSection()
    policy: PolicySection = PolicySection()
    balance: BalanceSection = BalanceSection()
    furnace: FurnaceSection = FurnaceSection()
    dummy: DummySection = DummySection()

    def database_url(self, folder: "LabFolder") -> str:
        """Return the database's URL; without one in lab.toml, the file lab.db in the lab folder."""
        return self.database.url or f"sqlite:///{folder.database.as_posix()}"


def load_settings(folder: "LabFolder", flags: Mapping[str, Any] | None = None) -> Settings:
    """Read the settings of a lab folder; see `load`."""
    return load(folder.toml, flags)


def load(path: Path, flags: Mapping[str, Any] | None = None, environment: Mapping[str, str] | None = None) -> Settings:
    """Read `lab.toml` and lay environment and flags over it.

    `flags` are `section.key` -> value, None meaning "not given"; the environment gives `NASICON_SECTION_KEY`, e.g.
    `NASICON_MEASUREMENT_TEMPERATURE_C=24.5`; lists are separated by commas. Raises Refusal, on one line, for a file
    that cannot be read, an unknown section or key, or a value out of its range.
    """
    document, sources = _written(path, os.environ if environment is None else environment)
    for flag, value in (flags or {}).items():
        if value is not None:
            section, _, key = flag.partition(".")
            document.setdefault(section, {})[key] = value
            sources[section, key] = "--" + key.replace("_", "-")
    try:
        settings = Settings.model_validate(document)
    except ValidationError as error:
        raise _refusal(error, sources) from error
    _check_gates(settings.fit, sources)
    check_policy(settings.policy, settings.furnace)
    return settings


def sources_of(path: Path) -> dict[tuple[str, str], str]:
    """Return where the settings that are not defaults come from: (section, key) -> lab.toml or the variable's name."""
    return _written(path, os.environ)[1]


def _written(
    path: Path, environment: Mapping[str, str]
) -> tuple[dict[str, dict[str, Any]], dict[tuple[str, str], str]]:
    """What lab.toml and the environment say, and which of them says it."""
    document = _read(path)
    sources = {(section, key): FILE_NAME for section, table in document.items() for key in table}
    for (section, key), (text, name) in _from_environment(environment).items():
        document.setdefault(section, {})[key] = text
        sources[section, key] = name
    return document, sources


def template(name: str, label_prefix: str = "NL", database_url: str = "") -> str:
    """Return a commented lab.toml for a new lab. Raises Refusal for a name or prefix that would not be valid."""
    try:
        section = LabSection(name=name, label_prefix=label_prefix)
    except ValidationError as error:
        raise _refusal(error, {}, section="lab") from error
    values = {
        "@NAME@": _toml_text(section.name),
        "@PREFIX@": _toml_text(section.label_prefix),
        "@URL@": _toml_text(database_url),
    }
    return re.sub("@[A-Z]+@", lambda match: values[match.group()], TEMPLATE)


def _toml_text(text: str) -> str:
    return json.dumps(plain(text, limit=500), ensure_ascii=False)


def _read(path: Path) -> dict[str, dict[str, Any]]:
    try:
        data = read_bounded(path, _MAX_BYTES, advice="settings are not")
    except OSError as error:
        raise Refusal(f"cannot be read ({error.strerror})", path) from error
    try:
        document = tomllib.loads(data.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:  # not TOML, not UTF-8, numbers or brackets without end
        raise Refusal(f"is not valid TOML: {plain(error)}", FILE_NAME) from error
    for section, table in document.items():
        if not isinstance(table, dict):
            raise Refusal(f"{plain(section)} stands outside a [section]", FILE_NAME)
    return document


def _from_environment(environment: Mapping[str, str]) -> dict[tuple[str, str], tuple[object, str]]:
    found: dict[tuple[str, str], tuple[object, str]] = {}
    for name, text in environment.items():
        if not name.startswith(ENVIRONMENT_PREFIX):
            continue
        section, _, key = name.removeprefix(ENVIRONMENT_PREFIX).lower().partition("_")
        if section in Settings.model_fields and key:
            is_list = (section, key) in {("watch", "ignore"), ("furnace", "confirmed")}
            found[section, key] = ([part.strip() for part in text.split(",")] if is_list else text, name)
    return found


def _refusal(error: ValidationError, sources: Mapping[tuple[str, str], str], section: str | None = None) -> Refusal:
    parts = []
    where = FILE_NAME
    for detail in error.errors(include_url=False, include_context=False):
        place = [str(part) for part in ([section] if section else []) + list(detail["loc"])]
        key = ".".join(place[1:])
        reason = _words(detail, is_section=len(place) == 1)
        source = sources.get((place[0], place[1] if len(place) > 1 else ""), FILE_NAME)
        by = "" if source == FILE_NAME else f" (from {source})"
        parts.append(plain(f"[{place[0]}] {key}: {reason}{by}" if key else f"[{place[0]}]: {reason}"))
    return Refusal("; ".join(parts), where)


def _words(detail: Mapping[str, Any], *, is_section: bool) -> str:
    if detail["type"] == "extra_forbidden":
        return "unknown section" if is_section else "unknown key"
    message = str(detail["msg"])
    return f"{message[:1].lower()}{message[1:]}, not {detail['input']!r}"


def _check_gates(fit: FitSection, sources: Mapping[tuple[str, str], str]) -> None:
    if fit.given():  # only then the analysis is loaded
        from nasicon_loop.lab.analysing import gates

        gates(fit.given(), sources)
