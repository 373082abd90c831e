"""Every setting of a lab with its value and where that came from. Settings are changed in lab.toml alone."""

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from nasicon_loop.lab.settings import ENVIRONMENT_PREFIX, load_settings, sources_of

if TYPE_CHECKING:
    from nasicon_loop.lab.context import Lab

_PASSWORD = re.compile(r"(://[^:/@]*):[^@]*@")


@dataclass(frozen=True, slots=True)
class SettingRow:
    """One key of lab.toml: `value` as it counts here, and its `source`: lab.toml, a variable's name, "flag", "default".

    `variable` is the environment variable that goes before the file.
    """

    section: str
    key: str
    value: Any
    source: str
    variable: str


def settings_rows(lab: "Lab") -> tuple[SettingRow, ...]:
    """Return all settings in the order of lab.toml; a password in an address is not shown.

    Raises Refusal when lab.toml was changed since and cannot be read any more.
    """
    sources = sources_of(lab.folder.toml)
    written = load_settings(lab.folder).model_dump(mode="json")
    rows = []
    for section, table in lab.settings.model_dump(mode="json").items():
        for key, value in table.items():
            source = sources.get((section, key), "default")
            if written[section].get(key) != value:
                source = "flag"
            shown = _PASSWORD.sub(r"\1:***@", value) if isinstance(value, str) else value
            rows.append(SettingRow(section, key, shown, source, f"{ENVIRONMENT_PREFIX}{section}_{key}".upper()))
    return tuple(rows)
