"""Commands at a balance and a furnace on their cables: `nasicon bench ...`."""

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from nasicon_loop.cli.bench import _draw_weighing
from nasicon_loop.cli.output import JsonOption, LabOption, opened_lab, refusing, say
from nasicon_loop.core import Refusal, plain

if TYPE_CHECKING:
    from collections.abc import Callable

    from rich.console import Console

    from nasicon_loop.lab import Armed, BenchDevice, Decision, Lab, LiveFiring, Plan, WayOut, WeighStep

PortOption = Annotated[
    str | None, typer.Option(help="Where it is now, when its port has another name than in lab.toml.")
]
StepOption = Annotated[str | None, typer.Option(help="calcination or sintering; not needed for a load.")]
ThingArgument = Annotated[str, typer.Argument(help="Sample label, as in NL-0001, or the number of a load.")]
_KEYS = "Enter: read   t: tare   k: keep it as it is   q: leave   or type a mass in g"
_OVER_KEYS = "r: weigh more of the others   a: leave it and write it down   Enter: read again   q: leave"


def _tell(words: str) -> None:
    sys.stderr.write(plain(words, limit=600) + "\n")
    sys.stderr.flush()


@refusing
def bench_devices(
    port: Annotated[list[str] | None, typer.Option(help="Look here too; once per port.")] = None,
    host: Annotated[list[str] | None, typer.Option(help="Look at this host[:port] too.")] = None,
    lab: LabOption = None,
    as_json: JsonOption = False,
) -> None:
    """Ask who answers at the serial ports; nothing is written to a device."""
    from nasicon_loop.lab import find_bench_devices

    devices = find_bench_devices(lab, ports=port or (), hosts=host or ())
    say({"schema": 1, "devices": devices}, lambda screen: _draw_devices(screen, devices), as_json=as_json)


def _draw_devices(screen: "Console", devices: "list[BenchDevice]") -> None:
    for device in devices:
        role = f" ({device.role} of this lab)" if device.role else ""
        screen.print(f"{plain(device.address)}{role}: {plain(device.identity) or 'nothing known'}")
        if device.driver is not None:
            screen.print(f"  driver = {plain(device.driver)}")
        if device.advice:
            screen.print(f"  → {plain(device.advice, limit=300)}")
    if not devices:
        screen.print("no serial ports; plug the cable in, or name a host with --host")


class _AtTheTerminal:
    """A person who reads standard error and types lines on standard input."""

    def ask(self, step: "WeighStep") -> "Decision | float":
        """Show the line, read what is wanted."""
        if step.reading_g is None and not step.is_kept:
            for warning in step.warnings:
                _tell(f"  ! {warning}")
        if step.reading_g is None and step.caution:
            _tell(f"  ! {step.caution}")
        shown = "" if step.reading_g is None else f"   shows {step.reading_g:.4f} g"
        _tell(
            f"{step.number}/{step.n_lines}  {step.formula}: {step.asked}   add {step.add_g:.4f} g{shown}   {step.words}"
        )
        while True:
            _tell(f"  {_OVER_KEYS if step.status == 'over' else _KEYS}")
            line = sys.stdin.readline()
            decision = self._meaning(line.strip().lower()) if line else "leave"
            if decision is not None:
                return decision

    @staticmethod
    def _meaning(word: str) -> "Decision | float | None":
        known: dict[str, Decision] = {"": "read", "t": "tare", "k": "keep", "q": "leave", "r": "rescue", "a": "accept"}
        if word in known:
            return known[word]
        try:
            return float(word.replace(",", "."))
        except ValueError:
            return None

    def tell(self, words: str) -> None:
        """Say it on standard error."""
        _tell(words)


@refusing
def bench_weigh(
    label: Annotated[str, typer.Argument(help="Label, as in NL-0001.")],
    yes: Annotated[bool, typer.Option("--yes", help="Ask nothing: take each stable value within tolerance.")] = False,
    rescue: Annotated[bool, typer.Option("--rescue", help="With --yes, too much of one: more of the others.")] = False,
    accept: Annotated[bool, typer.Option("--accept", help="With --yes, too much of one: leave it.")] = False,
    typed: Annotated[bool, typer.Option("--typed", help="No balance: type the masses.")] = False,
    tare: Annotated[
        bool, typer.Option("--tare", help="Tare first: none of the next precursor lies there yet.")
    ] = False,
    wait_s: Annotated[float, typer.Option(help="With --yes, how long for each precursor.", min=0.1)] = 60.0,
    operator: Annotated[str | None, typer.Option(help="Who weighs.")] = None,
    port: PortOption = None,
    lab: LabOption = None,
    as_json: JsonOption = False,
) -> None:
    """Weigh line by line with the balance read live; run again after any interruption, it goes on."""
    from nasicon_loop.lab import Patient, weigh_live

    if (rescue and accept) or ((rescue or accept) and not yes) or (yes and typed):
        raise Refusal("--rescue or --accept, not both, go with --yes; --typed goes without", label)
    way_out: WayOut = "rescue" if rescue else "accept" if accept else None
    person = Patient(wait_s, way_out, _tell) if yes else _AtTheTerminal()
    progress = weigh_live(
        opened_lab(lab), label, person, port=port, is_typed=typed, tare_first=tare, operator=operator
    )  # fmt: skip
    say(progress.document(), lambda screen: _draw_weighing(screen, progress, ""), as_json=as_json)


@refusing
def bench_fire(
    thing: ThingArgument,
    step: StepOption = None,
    arm: Annotated[
        str | None, typer.Option(help="The confirmation, as 'NAME,TOP °C,MINUTES'; without it you are asked.")
    ] = None,
    port: PortOption = None,
    lab: LabOption = None,
    as_json: JsonOption = False,
) -> None:
    """Load the program, start it once it is confirmed, log it to its end, and record the firing as it was."""
    from nasicon_loop.lab import fire_live, parse_arming

    opened = opened_lab(lab)
    given = None if arm is None else parse_arming(arm)
    plan = _plan(opened, thing, step)
    done = _interruptible(lambda: fire_live(opened, plan, lambda question: _armed(question, given), _tell, port=port))
    say(done.document(), lambda screen: _draw_run(screen, done), as_json=as_json)


def _plan(opened: "Lab", thing: str, step: str | None) -> "Plan":
    from nasicon_loop.lab import plan_of_load, plan_of_sample

    if thing.isdecimal():
        if step is not None:
            raise Refusal("the load knows its step; leave --step out", f"load {thing}")
        return plan_of_load(opened, int(thing))
    if step is None:
        raise Refusal("say --step calcination or --step sintering", thing)
    return plan_of_sample(opened, thing, step)


def _armed(question: str, given: "Armed | None") -> "Armed | None":
    from nasicon_loop.lab import parse_arming

    _tell(question)
    if given is not None or not sys.stdin.isatty():
        return given
    _tell("To start it type NAME,TOP °C,MINUTES; anything else leaves it as it is, loaded and not started.")
    text = sys.stdin.readline().strip()
    return parse_arming(text) if "," in text else None


def _interruptible(work: "Callable[[], LiveFiring]") -> "LiveFiring":
    try:
        return work()
    except KeyboardInterrupt:
        raise Refusal(
            "no longer watched: the furnace goes on by itself; `nasicon bench attach` watches again"
        ) from None


@refusing
def bench_attach(port: PortOption = None, lab: LabOption = None, as_json: JsonOption = False) -> None:
    """Find the running furnace again after a crash, mark the gap, and go on logging to the end."""
    from nasicon_loop.lab import attach_live

    opened = opened_lab(lab)
    done = _interruptible(lambda: attach_live(opened, _tell, port=port))
    say(done.document(), lambda screen: _draw_run(screen, done), as_json=as_json)


@refusing
def bench_end(
    reason: Annotated[str, typer.Option(help="Why: edited at the panel, furnace broken ...")],
    lab: LabOption = None,
    as_json: JsonOption = False,
) -> None:
    """Close an open run without writing a firing; the furnace is not asked and not touched."""
    from nasicon_loop.lab import give_up_run

    done = give_up_run(opened_lab(lab), reason)
    say(done.document(), lambda screen: _draw_run(screen, done), as_json=as_json)


@refusing
def bench_runs(lab: LabOption = None, as_json: JsonOption = False) -> None:
    """List what the furnace did: programs, alarms, gaps, what was held."""
    from nasicon_loop.lab import live_firings

    runs = live_firings(opened_lab(lab))

    def human(screen: "Console") -> None:
        for run in runs:
            _draw_run(screen, run)
        if not runs:
            screen.print("no runs yet; `nasicon bench fire NL-0001 --step calcination` starts one")

    say([run.document() for run in runs], human, as_json=as_json)


@refusing
def bench_card(
    thing: ThingArgument, step: StepOption = None, lab: LabOption = None, as_json: JsonOption = False
) -> None:
    """Print a furnace program as a card for typing in at the panel."""
    from nasicon_loop.lab import firing_card

    opened = opened_lab(lab)
    text = firing_card(opened, _plan(opened, thing, step))
    say({"schema": 1, "card": text}, lambda screen: screen.print(text), as_json=as_json)


def _draw_run(screen: "Console", done: "LiveFiring") -> None:
    run = done.run
    state = "open" if done.is_open else "ended"
    screen.print(
        f"run {run.number} ({state}): {plain(run.furnace)}, {run.step} of {', '.join(run.labels)}", style="bold"
    )
    screen.print(
        f"  program to {run.top_c:g} °C for {run.hours:g} h, hash {run.program_hash[:8]}, begun {run.at:%Y-%m-%d %H:%M}"
    )
    if done.held.peak_c is not None:
        unseen = f", {done.held.unseen_hours:.2f} h of it unseen" if done.held.unseen_hours else ""
        screen.print(
            f"  peak {done.held.peak_c:.0f} °C, held {done.held.hours:.2f} h{unseen}, {done.held.n_readings} readings"
        )
    for event in done.events:
        screen.print(f"  {event.at:%H:%M:%S} {event.kind}: {plain(event.text, limit=300)}")
    for warning in done.warnings:
        screen.print(f"  ! {plain(warning, limit=300)}")
    for label, firing in done.firings.items():
        screen.print(f"  {label} {firing.step}: {firing.temperature_c:g} °C for {firing.hours:g} h")
