"""The board says how healthy the campaign is, and a key shows every check with its next step."""

import json
from typing import Any

import pytest

from nasicon_loop.core import to_json
from nasicon_loop.lab import Lab, campaign_health, health_from, new_sample
from nasicon_loop.lab import health as health_module


@pytest.mark.parametrize("size", [(80, 24), (160, 50)])
async def test_the_board_tells_the_campaigns_health(
    lab: Lab, keyboard: Any, size: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    new_sample(lab, "Na3.36Zr1.92Cu0.08Si2.2P0.8O12")

    from nasicon_loop import campaign

    monkeypatch.setattr(
        health_module,
        "coverage_checks",
        lambda reader, run, pellets: [campaign.coverage("own intervals", 4, 8)],
    )
    found = campaign_health(lab)
    assert not found.gate.is_open
    async with keyboard(lab, size) as hands:
        await hands.see("health: 1 stop, 0 look: own intervals: 4 of 8 results")
        assert "h health" in " ".join(hands.lines[-3:])
        await hands.press("h")
        await hands.see("Campaign health")
        await hands.see("automatic acceptance is off")
        assert "key" in hands.text or "nasicon validate" in hands.text
        await hands.press("escape")
        await hands.see("samples, next")


async def test_a_long_journal_is_read_by_another_process(
    lab: Lab, keyboard: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    new_sample(lab, "Na3.36Zr1.92Cu0.08Si2.2P0.8O12")
    monkeypatch.setattr(health_module, "_SHORT_JOURNAL", 0)
    monkeypatch.setattr("nasicon_loop.tui.screens.board.campaign_health", lambda _lab: pytest.fail("here"))
    found = campaign_health(lab)
    assert health_from(json.loads(to_json(found.document()))) == found
    async with keyboard(lab) as hands:
        await hands.see(f"health: {found.summary[:40]}")
        assert hands.app.jobs.current is None


async def test_settings_are_shown_over_the_checks(lab: Lab, keyboard: Any) -> None:
    async with keyboard(lab) as hands:
        await hands.go("9", "things looked at")
        await hands.press("s")
        await hands.see("[measurement]")
        await hands.see("temperature_c = 25.0   flag")
        await hands.press("escape")
        await hands.see("things looked at")
