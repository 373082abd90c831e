"""docs/impedance.md tells every gate with the limit and the sentence that the code has."""

import re
from pathlib import Path

from nasicon_loop.eis import GATES, Settings

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "impedance.md").read_text(encoding="utf-8")


def test_every_gate_stands_on_the_page_as_it_is() -> None:
    for rule in GATES:
        limit = getattr(Settings(), rule.setting)
        sentence = re.sub(r"\{value:[^}]*\}", "…", rule.sentence)
        sentence = re.sub(r"\{limit:([^}]*)\}", lambda match, limit=limit: format(limit, match.group(1)), sentence)
        assert f"| {rule.name} | `{rule.setting}` | {limit:g} | {rule.verdict} | {sentence} |" in PAGE


def test_the_numbers_of_the_text_are_the_settings() -> None:
    settings = Settings()
    assert f"more than {settings.max_points} points" in PAGE
    assert f"the simplest circuit within {settings.bic_window:g} of the best BIC" in PAGE
    assert f"at least {settings.decisive_bic:g} worse in BIC" in PAGE
    assert f"{settings.floor * 100:g} %" in PAGE
    assert f"{settings.activation_energy_ev:g} ± {settings.activation_energy_ev_sd:g} eV" in PAGE
    assert f"{settings.lead_ohm_sd:g} ohm / R_total" in PAGE
    assert f"u(sigma) is at least {settings.min_relative_sd_unknown_temperature:.0%}".replace("%", " %") in PAGE
