"""The furnace page tells what the log says, and touches nothing."""

from datetime import timedelta
from typing import Any

import pytest

import db
from nasicon_loop.lab import Lab, furnace_views


def _heat(lab: Lab, n: int = 400) -> None:
    """A run to 1100 °C at 5 °C/min and 60 min there, seen every minute for `n` minutes, with an alarm."""
    with lab.database.write(who="bench") as writer:
        writer.add_sample("Na3Zr2Si2PO12")
        run = writer.add_furnace_run(
            "tube", ("NL-0001",), driver="eurotherm_2400", step="sintering", segments=[(5.0, 1100.0, 600.0)],
            program_hash="0" * 64, program_number=1, top_c=1100.0, hours=10.0, furnace_load=None, speed=1.0, writes={},
        )  # fmt: skip
        begin = lab.clock.now() - timedelta(minutes=n - 1)
        for minute in range(n):
            pv = min(20.0 + 5.0 * minute, 1100.0)
            writer.add_furnace_reading(
                run, db.NewFurnaceReading(begin + timedelta(minutes=minute), pv, pv + 2, 40.0, 1, "hold", "")
            )
        writer.add_furnace_event(run, "alarm", "ALARM: the door [red]opened[/red]")


def test_time_left_is_the_plan_less_what_passed(lab: Lab) -> None:
    assert furnace_views(lab) == ()
    _heat(lab)
    (view,) = furnace_views(lab)
    assert view.hours_left == pytest.approx((1080 / 5 + 600 - 399) / 60)
    assert view.is_open
    assert len(view.points) <= 300
    assert view.points[0][:2] == (0.0, 20.0)


async def test_u_shows_the_furnaces(lab: Lab, keyboard: Any) -> None:
    async with keyboard(lab) as hands:
        await hands.press("4", "u")
        await hands.see("no furnace on a cable was run yet")
        _heat(lab)
        await hands.see("tube: run 1 runs, sintering of NL-0001 to 1100 °C")
        await hands.see("PV 1100 °C  SP 1102 °C  segment 1  hold  about 6.9")
        await hands.see("the door [red]opened[/red]")
        await hands.press("escape")
        await hands.see("NL-0001  Na3Zr2Si2PO12: planned")
