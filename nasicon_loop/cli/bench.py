"""Commands at balance and furnace: weigh, fire."""

from typing import TYPE_CHECKING, Annotated

import typer

from nasicon_loop.cli.output import JsonOption, LabOption, opened_lab, refusing, say
from nasicon_loop.cli.pairs import numbers, pairs
from nasicon_loop.core import Refusal, plain

if TYPE_CHECKING:
    from rich.console import Console

    from nasicon_loop.lab import Fired, WeighingProgress

LabelArgument = Annotated[str, typer.Argument(help="Label, as in NL-0001.")]
_STYLE = {"missing": "", "short": "yellow", "good": "green", "over": "red"}


@refusing
def weigh(
    label: LabelArgument,
    mass: Annotated[
        list[str] | None, typer.Option("--mass", help="All of it in the vessel, as ZrO2=3.5121; once per precursor.")
    ] = None,
    lot: Annotated[
        list[str] | None, typer.Option("--lot", help="The jar it came from, as ZrO2=Z-12; default: the sheet's.")
    ] = None,
    as_planned: Annotated[bool, typer.Option(help="What is not weighed yet, exactly as on the sheet.")] = False,
    rescue: Annotated[bool, typer.Option("--rescue", help="Too much of one: weigh more of the others.")] = False,
    accept: Annotated[bool, typer.Option("--accept", help="Too much of one: leave it, and write it down.")] = False,
    live: Annotated[bool, typer.Option("--live", help="Read the balance, as `nasicon bench weigh` does.")] = False,
    operator: Annotated[str | None, typer.Option(help="Who weighed.")] = None,
    lab: LabOption = None,
    as_json: JsonOption = False,
) -> None:
    """Record what was really weighed, one by one or at once; without a mass, say what is missing."""
    if live:
        from nasicon_loop.cli.bench_live import bench_weigh

        if mass or lot or as_planned or rescue or accept:
            raise Refusal("--live reads the balance: give no masses", label)
        bench_weigh(label, operator=operator, lab=lab, as_json=as_json)
        return
    from nasicon_loop.lab import rescue_weighing, weighing_progress
    from nasicon_loop.lab import weigh as weighed

    if rescue and accept:
        raise Refusal("take --rescue or --accept, not both", label)
    opened = opened_lab(lab)
    masses, lots = numbers(mass, "--mass ZrO2=3.5121"), pairs(lot, "--lot ZrO2=Z-12")
    said = ""
    if masses or lots or as_planned:
        progress = weighed(opened, label, masses, lots=lots, as_planned=as_planned, operator=operator)
    else:
        progress = weighing_progress(opened, label)
    if rescue or accept:
        done = rescue_weighing(opened, label, accept=accept, operator=operator)
        said, progress = done.words, done.progress
    say(
        {**progress.document(), "rescued": said}, lambda screen: _draw_weighing(screen, progress, said), as_json=as_json
    )


def _draw_weighing(screen: "Console", progress: "WeighingProgress", said: str) -> None:
    from rich.text import Text

    from nasicon_loop.cli.words import plain_table

    if said:
        screen.print(plain(said, limit=500), style="bold")
    if progress.weighing is not None:
        screen.print(f"weighed  {progress.weighing.weighed_formula}\nbatched  {progress.weighing.batched_formula}")
        screen.print(f"excess   {100 * progress.weighing.excess_fraction:.2f} %")
    shown = (
        (
            line.formula,
            line.asked,
            "" if line.actual_g is None else f"{line.actual_g:.6g}",
            progress.lots.get(line.formula, ""),
            Text(line.words, style=_STYLE[line.status]),
        )
        for line in progress.lines
    )
    screen.print(plain_table(["precursor", "sheet", "weighed g", "lot", ""], shown, whole=("precursor", "sheet")))
    told = {line.deviation for line in progress.lines}
    for warning in progress.warnings:
        if warning not in told:
            screen.print(f"  ! {plain(warning, limit=300)}")
    for option in progress.options:
        screen.print(f"  > {plain(option, limit=400)}")
    if progress.missing:
        screen.print(f"missing  {', '.join(progress.missing)}")


@refusing
def fire(
    label: Annotated[str | None, typer.Argument(help="Label, as in NL-0001; not needed with --load.")] = None,
    step: Annotated[str | None, typer.Option(help="calcination or sintering.")] = None,
    load: Annotated[int | None, typer.Option(help="Number of a load: everything in it that was not fired yet.")] = None,
    temperature_c: Annotated[float | None, typer.Option(help="Dwell temperature as set; default: the plan's.")] = None,
    hours: Annotated[float | None, typer.Option(help="Dwell time; default: the plan's.")] = None,
    mass_before_g: Annotated[float | None, typer.Option(help="Powder before, without the crucible.", min=1e-6)] = None,
    mass_after_g: Annotated[float | None, typer.Option(help="Powder after, without the crucible.", min=1e-6)] = None,
    note: Annotated[str, typer.Option(help="Deviations, furnace, slot.")] = "",
    live: Annotated[bool, typer.Option("--live", help="Run the furnace, as `nasicon bench fire` does.")] = False,
    arm: Annotated[str | None, typer.Option(help="With --live, the confirmation: 'NAME,TOP °C,MINUTES'.")] = None,
    lab: LabOption = None,
    as_json: JsonOption = False,
) -> None:
    """Record a firing as it really was, of a sample or of a whole load."""
    if live:
        from nasicon_loop.cli.bench_live import bench_fire

        thing = label if load is None else str(load)
        if thing is None:
            raise Refusal("name a sample and --step, or a --load", "fire")
        bench_fire(thing, step, arm=arm, lab=lab, as_json=as_json)
        return
    from nasicon_loop.lab import Dwell, fire_load
    from nasicon_loop.lab import fire as fired

    if load is not None and step is not None:
        raise Refusal("the load knows its step; leave --step out", f"load {load}")
    dwell = Dwell(temperature_c, hours)
    if load is not None:
        done = fire_load(
            opened_lab(lab), load, label=label, dwell=dwell, note=note,
            mass_before_g=mass_before_g, mass_after_g=mass_after_g,
        )  # fmt: skip
    elif label is None or step is None:
        raise Refusal("name a sample and --step, or a --load", label)
    else:
        done = [
            fired(
                opened_lab(lab), label, step, dwell=dwell, note=note,
                mass_before_g=mass_before_g, mass_after_g=mass_after_g,
            )
        ]  # fmt: skip
    documents = [one.document() for one in done]
    say(documents[0] if load is None else documents, lambda screen: _draw_fired(screen, done), as_json=as_json)


def _draw_fired(screen: "Console", done: "list[Fired]") -> None:
    for one in done:
        firing = one.firing
        actual = f"{firing.temperature_c:g} °C"
        if firing.set_temperature_c is not None and firing.set_temperature_c != firing.temperature_c:
            actual += f" (set to {firing.set_temperature_c:g} °C)"
        screen.print(f"{one.label} {firing.step}: {actual} for {firing.hours:g} h")
        if one.mass_change is not None:
            screen.print(f"  {one.mass_change.words}")
        for warning in one.warnings:
            screen.print(
                f"  {plain(warning, limit=400)}", style="bold red" if warning.startswith("ALARM") else "yellow"
            )
