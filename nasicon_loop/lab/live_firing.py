"""At a furnace on a cable: load, read back, start what was confirmed, log it, find it again, write down what it was."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from nasicon_loop.core import Refusal, plain
from nasicon_loop.lab.arming import Arm, arms_itself, asked, itself
from nasicon_loop.lab.bench_devices import furnace_settings, open_lab_furnace, other_ports
from nasicon_loop.lab.firing_plans import Plan, unready
from nasicon_loop.lab.furnace_held import Held, held
from nasicon_loop.lab.furnace_log import GAP_READINGS, FurnaceLog, Tell, is_over
from nasicon_loop.lab.locking import exclusive

if TYPE_CHECKING:
    from db import Firing, FurnaceEvent, FurnaceLoad, FurnaceReading, FurnaceRun, Writer
    from instruments.devices import Furnace, LoadedProgram
    from nasicon_loop.lab.context import Lab

_SHORT = 0.9
GIVEN_UP = "given up"


@dataclass(frozen=True, slots=True)
class LiveFiring:
    """A run with what came of it. `firings` are what was written down, one per sample; none while it is open."""

    run: "FurnaceRun"
    is_open: bool
    held: Held
    firings: Mapping[str, "Firing"]
    events: tuple["FurnaceEvent", ...]
    warnings: tuple[str, ...] = ()

    def document(self) -> dict[str, Any]:
        """Return the object that `nasicon bench fire --json` prints."""
        return {
            "schema": 1,
            **asdict(self.run),
            "is_open": self.is_open,
            "held": asdict(self.held),
            "firings": {label: asdict(firing) for label, firing in self.firings.items()},
            "events": [asdict(event) for event in self.events],
            "warnings": list(self.warnings),
        }


@contextmanager
def _alone(lab: "Lab", furnace: str) -> Iterator[None]:
    """Keep other processes of this lab from the furnace, also where its port would let them in, as a network does."""
    reason = f"another process has {furnace} in hand, it loads, asks or watches: `nasicon bench runs` shows it"
    with exclusive(lab.folder.furnace_lock(furnace), reason):
        yield


def fire_live(
    lab: "Lab",
    plan: Plan,
    arm: Arm,
    tell: Tell,
    *,
    port: str | None = None,
    wrong: Callable[[Refusal], None] | None = None,
    begun: Tell | None = None,
) -> LiveFiring:
    """Load a program, start it when it is armed, log it to its end, and write down what it really was.

    `arm` gets the furnace's question and returns what the person confirmed, None to leave it; it is not asked where
    [policy] arm_furnace is "automatic" for this furnace. The furnace compares that with the program it holds; with
    `wrong`, which gets the reason, a wrong confirmation is asked for again. The run is open from before the start until
    its end is written, so a killed process is found again by `attach_live`. `begun` is told that the furnace started.
    Raises Refusal when a run is open already, when another process of this lab has the furnace in hand, when the
    furnace refuses, and when nothing was armed.
    """
    from instruments.devices import DeviceError, NotAllowed, WrongModel

    settings = furnace_settings(lab, port)
    if settings.name in {run.furnace for run in _open_runs(lab)}:
        raise Refusal("its last run is still open: run `nasicon bench attach` first", settings.name)
    with _alone(lab, settings.name), open_lab_furnace(lab, port) as furnace:
        if "run" not in furnace.abilities:
            raise Refusal(
                "has no cable: type the program in by `nasicon bench card`, then `nasicon fire`", furnace.name
            )
        for words in unready(lab, plan):
            tell(words)
        loaded = furnace.load(plan.program())
        is_automatic = arms_itself(lab, plan, loaded)
        confirmation = itself(loaded) if is_automatic else asked(loaded, settings, arm, wrong)
        run = _opened(lab, furnace, plan, loaded)
        try:
            state = furnace.run(confirmation)
        except DeviceError as problem:
            is_sure = isinstance(problem, (NotAllowed, WrongModel))
            words = f"{'not' if is_sure else 'perhaps'} started: {problem.reason}"
            with lab.database.write(who=lab.who) as writer:
                writer.add_furnace_event(run, "ended" if is_sure else "alarm", plain(words, limit=500))
            if is_sure:
                raise
            raise Refusal(f"{words}; look at it, and run `nasicon bench attach`", furnace.name) from problem
        if is_automatic:
            with lab.database.write(who=lab.who) as writer:
                writer.add_furnace_event(run, "acted", 'armed by lab.toml: [policy] arm_furnace = "automatic"')
        (begun or tell)(f"run {run.number}: {furnace.name} started, {', '.join(plan.labels)}")
        return _to_the_end(lab, furnace, run, tell, has_run=state.status.is_active)


def _opened(lab: "Lab", furnace: "Furnace", plan: Plan, loaded: "LoadedProgram") -> "FurnaceRun":
    program = loaded.program  # as the furnace holds it
    with lab.database.write(who=lab.who) as writer:
        return writer.add_furnace_run(
            furnace.name,
            plan.labels,
            driver=lab.settings.furnace.driver,
            step=plan.step,
            segments=[(part.ramp_c_min, part.target_c, part.dwell_min) for part in program.segments],
            program_hash=loaded.program_hash,
            program_number=loaded.program_number,
            top_c=loaded.top_c,
            hours=plan.hours,
            furnace_load=plan.load,
            speed=lab.settings.furnace.simulated_speed,
            writes=furnace.writes(),
        )


def attach_live(lab: "Lab", tell: Tell, *, port: str | None = None, begun: Tell | None = None) -> LiveFiring:
    """Find the open run again after a crash or a pulled cable, mark the gap, and go on to its end.

    The furnace must hold the program that was started, by its hash; nothing is written to it. Without `port` the one of
    lab.toml is tried, then the other serial ports. `begun` is told that it is watched again. Raises Refusal without an
    open run, while another process of this lab has the furnace in hand, when no furnace is found, and when the program
    was edited meanwhile (noted at the run, which stays open).
    """
    from instruments.devices import ProgramChanged

    name = lab.settings.furnace.name
    run = next((run for run in _open_runs(lab) if run.furnace == name), None)
    if run is None:
        raise Refusal("no run of this furnace is open; `nasicon bench runs` lists them", name or "furnace")
    with _alone(lab, name), open_lab_furnace(lab, _port_now(lab, run, port)) as furnace:
        try:
            attachment = furnace.reattach(run.program_hash)
        except ProgramChanged as changed:
            with lab.database.write(who=lab.who) as writer:
                writer.add_furnace_event(run, "changed", plain(changed.reason, limit=500))
            raise
        with lab.database.read() as reader:
            last = reader.newest_reading(run)
        now, since = attachment.state.at, run.at if last is None else last.taken_at
        text = _gap_words((now - since).total_seconds())
        with lab.database.write(who=lab.who) as writer:
            writer.add_furnace_event(
                run, "attached", f"found again, {attachment.state.status.value}", {"segment": attachment.state.segment}
            )
            writer.add_furnace_event(run, "gap", text, {"from": since.isoformat(), "to": now.isoformat()})
        (begun or tell)(f"run {run.number}: {run.furnace} found again, {attachment.state.status.value}; {text}")
        return _to_the_end(lab, furnace, run, tell, has_run=True)


def give_up_run(lab: "Lab", reason: str, *, number: int | None = None) -> LiveFiring:
    """Close the open run, or that with a number, without writing a firing, because of `reason`.

    The furnace is not asked and not touched; whoever watches it stops. Raises Refusal without a reason, and when no
    such run is open.
    """
    if not reason.strip():
        raise Refusal("say why the run is given up")
    run = next((run for run in _open_runs(lab) if number in (None, run.number)), None)
    if run is None:
        raise Refusal("no run is open" if number is None else f"run {number} is not open any more", "furnace")
    with lab.database.write(who=lab.who) as writer:
        writer.add_furnace_event(run, "ended", f"{GIVEN_UP}: {plain(reason, limit=400)}")
    return furnace_run(lab, run.number)


def _gap_words(seconds: float) -> str:
    if seconds < 0:
        return f"the computer's clock went back by {-seconds:.0f} s, so the gap in the log is unknown"
    return f"nothing was logged for {seconds:.0f} s"


def _port_now(lab: "Lab", run: "FurnaceRun", port: str | None) -> str | None:
    """Return where the furnace is: at `port`, where lab.toml says (None), else at a port that holds its program."""
    from instruments.devices import DeviceError, PortUnavailable

    if port is not None:
        return port
    try:
        with open_lab_furnace(lab):
            return None
    except PortUnavailable as gone:
        for other in other_ports(lab):
            try:
                with open_lab_furnace(lab, other) as furnace:
                    furnace.reattach(run.program_hash)
            except DeviceError:
                continue
            return other
        raise Refusal(f"{gone.reason}; if its port has another name now, give --port", run.furnace) from gone


def _open_runs(lab: "Lab") -> "Sequence[FurnaceRun]":
    with lab.database.read() as reader:
        return reader.furnace_runs(is_open=True)


def _to_the_end(lab: "Lab", furnace: "Furnace", run: "FurnaceRun", tell: Tell, *, has_run: bool) -> LiveFiring:
    state = FurnaceLog(lab, furnace, run, tell).follow(has_run=has_run)
    assert is_over(state, has_run=True)  # noqa: S101 - follow ends no other way
    return _close(lab, run, state.status.value)


def _close(lab: "Lab", run: "FurnaceRun", status: str) -> LiveFiring:
    """Write the firing of every sample and the end of the run, together."""
    with lab.database.read() as reader:
        done = _held(lab, run, reader.furnace_readings(run))
        load = None if run.furnace_load_id is None else reader.load_by_id(run.furnace_load_id)
    offset_c = lab.settings.furnace.offset_c if load is None else load.offset_c
    with lab.database.write(who=lab.who) as writer:
        refused = []
        if done.mean_c is not None and done.hours > 0:
            for label in run.labels:
                try:
                    _write_firing(writer, run, label, done, load=load, actual_c=round(done.mean_c + offset_c, 1))
                except Refusal as refusal:  # given up meanwhile; the others were fired all the same
                    refused.append(f"; {refusal}")
        writer.add_furnace_event(run, "ended", plain(status + "".join(refused), limit=1000), asdict(done))
    return furnace_run(lab, run.number)


def _write_firing(
    writer: "Writer", run: "FurnaceRun", label: str, done: Held, *, load: "FurnaceLoad | None", actual_c: float
) -> None:
    sample = writer.sample(label)
    writer.add_firing(
        sample,
        run.step,
        temperature_c=actual_c,
        hours=round(done.hours, 3),
        note=_note(run, done),
        furnace_load=load,
        set_temperature_c=run.top_c,
    )
    for text in _warnings(run, done):
        writer.add_deviation(sample, f"{run.step}: {text}", who=writer.who, recipe=writer.recipe(sample))


def _held(lab: "Lab", run: "FurnaceRun", readings: "Sequence[FurnaceReading]") -> Held:
    section = lab.settings.furnace
    longest_s = GAP_READINGS * section.log_every_s
    return held(readings, run.top_c, within_c=section.held_within_c, longest_s=longest_s, speed=run.speed)


def _note(run: "FurnaceRun", done: Held) -> str:
    unseen = f", {done.unseen_hours:.2f} h of it unseen" if done.unseen_hours else ""
    return (
        f"{run.furnace}, run {run.number}: {done.n_readings} readings, peak {done.peak_c:.1f} °C, "
        f"held {done.hours:.2f} h{unseen} (planned {run.top_c:g} °C for {run.hours:g} h)"
    )


def _warnings(run: "FurnaceRun", done: Held) -> tuple[str, ...]:
    if done.mean_c is None or done.hours <= 0:
        peak = "nothing was read" if done.peak_c is None else f"the peak was {done.peak_c:.0f} °C"
        return (f"the top of {run.top_c:g} °C was not seen ({peak}); no firing was written: `nasicon fire` does it",)
    if done.hours < _SHORT * run.hours:
        return (f"held {done.hours:.2f} h instead of {run.hours:g} h",)
    return ()


def furnace_run(lab: "Lab", number: int) -> LiveFiring:
    """Return a run with its events and what was held; Refusal when there is none with this number."""
    with lab.database.read() as reader:
        run = reader.furnace_run(number)
        events = reader.furnace_events(run)
        done = _held(lab, run, reader.furnace_readings(run))
        ended = next((event for event in events if event.kind == "ended"), None)
        firings: dict[str, Firing] = {}
        if ended is not None:
            written = [(label, one) for label in run.labels for one in reader.firings(reader.sample(label))]
            firings = {label: one for label, one in written if one.at == ended.at}
    warnings = _warnings(run, done) if ended is not None else ()
    return LiveFiring(run, ended is None, done, firings, tuple(events), warnings)


def live_firings(lab: "Lab") -> list[LiveFiring]:
    """Return all runs, oldest first."""
    with lab.database.read() as reader:
        numbers = [run.number for run in reader.furnace_runs()]
    return [furnace_run(lab, number) for number in numbers]
