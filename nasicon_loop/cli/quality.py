"""Commands beside the sweeps: lead correction, dummy cell, DC polarisation, fits by hand, several analyses together."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from nasicon_loop.cli.output import JsonOption, LabOption, opened_lab, refusing, say
from nasicon_loop.core import Refusal, plain, with_sd

if TYPE_CHECKING:
    from rich.console import Console

    from nasicon_loop.lab import Polarised

WhoOption = Annotated[str | None, typer.Option("--by", help="Who did it; default: the operator.")]
NoteOption = Annotated[str, typer.Option(help="What the journal shall keep beside it.")]
CircuitOption = Annotated[str | None, typer.Option(help="Circuit, as R0-p(R1,CPE1)-CPE2; default: the best one.")]
ElectrolyteOption = Annotated[str, typer.Option(help="Resistors of a circuit of your own whose sum is R_total: R0,R1.")]
FixOption = Annotated[list[str] | None, typer.Option("--fix", help="Hold a parameter: R0=12.3. May be repeated.")]
BoundOption = Annotated[list[str] | None, typer.Option("--bound", help="Keep it within: R1=10:100. May be repeated.")]
StartOption = Annotated[list[str] | None, typer.Option("--start", help="Begin there: CPE1_0=1e-6. May be repeated.")]
MaskOption = Annotated[str, typer.Option("--mask", help="Points to leave out, counted from 0: 3,4,10-17.")]
LeaveOutOption = Annotated[
    list[str] | None, typer.Option("--leave-out", help="Frequencies to leave out in Hz: 1e5:1e6. May be repeated.")
]


@refusing
def analysis_refit(
    number: Annotated[int, typer.Argument(help="Number of the analysis whose spectrum is fitted again.")],
    by: Annotated[str, typer.Option("--by", help="Who fits.")],
    reason: Annotated[str, typer.Option(help="Why; the analysis and the journal keep it.")],
    circuit: CircuitOption = None,
    electrolyte: ElectrolyteOption = "",
    fix: FixOption = None,
    bound: BoundOption = None,
    start: StartOption = None,
    mask: MaskOption = "",
    leave_out: LeaveOutOption = None,
    lab: LabOption = None,
    as_json: JsonOption = False,
) -> None:
    """Leave points out, choose the circuit: a new analysis with your name, in review until it is signed."""
    from nasicon_loop.cli.stories import draw_analysis
    from nasicon_loop.lab import HandFit, refit_analysis

    limits = {"fix": fix or (), "bound": bound or (), "start": start or ()}
    wish = HandFit.parse(circuit, electrolyte, mask=mask, leave_out=leave_out or (), **limits)
    view = refit_analysis(opened_lab(lab), number, wish, by=by, reason=reason)

    def human(screen: "Console") -> None:
        draw_analysis(screen, view.document())
        screen.print(f"next: nasicon analysis accept {view.number} --reason TEXT, or reject")

    say(view.document(), human, as_json=as_json)


@refusing
def analysis_restore(
    number: Annotated[int, typer.Argument(help="Number of the earlier analysis that shall be current again.")],
    reason: Annotated[str, typer.Option(help="Why; the journal keeps it.")],
    by: WhoOption = None,
    lab: LabOption = None,
    as_json: JsonOption = False,
) -> None:
    """Go back to an earlier analysis of a spectrum; what was tried since stays in the story."""
    from nasicon_loop.lab import restore_analysis

    view = restore_analysis(opened_lab(lab), number, reason=reason, by=by)
    text = f"analysis {view.number} is analysis {number} again: {view.analysis.verdict}, {view.standing}"
    say(view.document(), lambda screen: screen.print(text), as_json=as_json)


@refusing
def leads_set(
    short: Annotated[Path | None, typer.Option(help="Sweep of the holder closed without a pellet.")] = None,
    open_: Annotated[Path | None, typer.Option("--open", help="Sweep of the holder open.")] = None,
    by: WhoOption = None,
    note: NoteOption = "",
    lab: LabOption = None,
    as_json: JsonOption = False,
) -> None:
    """Take a lead correction into use: it is taken off everything analysed from now on."""
    from nasicon_loop.lab import set_leads

    row = set_leads(opened_lab(lab), short=short, opened=open_, by=by, note=note)

    def human(screen: "Console") -> None:
        size = "" if row.r_ohm is None or row.l_h is None else f": {row.r_ohm:.3g} ohm, {row.l_h:.2g} H"
        screen.print(f"lead correction {row.number}{size}, {row.f_min_hz:.3g} to {row.f_max_hz:.3g} Hz, holds from now")

    say(row, human, as_json=as_json)


@refusing
def leads_clear(
    reason: Annotated[str, typer.Option(help="Why; it stays in the journal.")],
    by: WhoOption = None,
    lab: LabOption = None,
    as_json: JsonOption = False,
) -> None:
    """End the lead correction: other cables, another holder."""
    from nasicon_loop.lab import clear_leads

    row = clear_leads(opened_lab(lab), reason=reason, by=by)
    say(row, lambda screen: screen.print("no lead correction holds from now on"), as_json=as_json)


@refusing
def leads_list(lab: LabOption = None, as_json: JsonOption = False) -> None:
    """List the lead corrections; the last one holds."""
    from nasicon_loop.cli.words import plain_table
    from nasicon_loop.lab import leads_history

    rows = leads_history(opened_lab(lab))
    table = (
        (f"{row.at:%Y-%m-%d %H:%M}", row.short or "-", row.open or "-",
         "-" if row.r_ohm is None else f"{row.r_ohm:.3g}", row.who,
         "holds" if row.is_current and (row.short or row.open) else "")
        for row in rows
    )  # fmt: skip
    columns = ["since (UTC)", "short", "open", "R / ohm", "who", ""]
    say(rows, lambda screen: screen.print(plain_table(columns, table)), as_json=as_json)


@refusing
def dummy_add(
    file: Annotated[Path, typer.Argument(help="Sweep of the dummy cell.")],
    by: WhoOption = None,
    note: NoteOption = "",
    lab: LabOption = None,
    as_json: JsonOption = False,
) -> None:
    """Read the daily dummy cell and compare it with its nominal resistance (lab.toml, [dummy])."""
    from nasicon_loop.lab import add_dummy

    reading = add_dummy(opened_lab(lab), file, by=by, note=note)

    def human(screen: "Console") -> None:
        screen.print(f"dummy cell {with_sd(reading.r_total_ohm, reading.r_total_ohm_sd)} ohm", end="")
        if reading.deviation is None:
            screen.print("; give its nominal resistance in lab.toml, section [dummy], r_ohm")
        else:
            screen.print(f", {reading.deviation:+.2%} from {reading.nominal_ohm:g} ohm")
        if reading.warning:
            screen.print(reading.warning, style="yellow")

    say(reading, human, as_json=as_json)


@refusing
def dummy_list(lab: LabOption = None, as_json: JsonOption = False) -> None:
    """List the readings of the dummy cell."""
    from nasicon_loop.cli.words import plain_table
    from nasicon_loop.lab import dummy_history

    rows = dummy_history(opened_lab(lab))
    table = (
        (f"{row.at:%Y-%m-%d %H:%M}", row.file, with_sd(row.r_total_ohm, row.r_total_ohm_sd),
         "-" if row.deviation is None else f"{row.deviation:+.2%}", "off" if row.is_off else "")
        for row in rows
    )  # fmt: skip
    columns = ["when (UTC)", "file", "R / ohm", "off by", ""]
    say(rows, lambda screen: screen.print(plain_table(columns, table)), as_json=as_json)


@refusing
def polarisation(
    file: Annotated[Path, typer.Argument(help="Current against time: columns Time (s) and Current (A).")],
    sample: Annotated[str | None, typer.Option(help="Pellet, as NL-0001-P1; then it is kept in the lab.")] = None,
    voltage_v: Annotated[float | None, typer.Option(help="Applied voltage; default: the file's column.")] = None,
    thickness_cm: Annotated[float | None, typer.Option(help="Pellet thickness, without a lab.", min=1e-4)] = None,
    radius_cm: Annotated[float | None, typer.Option(help="Electrode radius, without a lab.", min=1e-3)] = None,
    electrode_diameter_cm: Annotated[float | None, typer.Option(help="Electrode diameter instead.", min=2e-3)] = None,
    sigma_s_cm: Annotated[float | None, typer.Option(help="Total conductivity, without a lab.", min=0)] = None,
    by: WhoOption = None,
    lab: LabOption = None,
    as_json: JsonOption = False,
) -> None:
    """Electronic conductivity and ionic transference number from a DC polarisation."""
    from nasicon_loop.lab import geometry_of, polarise_file, polarise_pellet

    geometry = geometry_of(thickness_cm, radius_cm, electrode_diameter_cm)
    if sample is not None:
        if geometry is not None or sigma_s_cm is not None:
            raise Refusal("with --sample, geometry and conductivity are the pellet's own", sample)
        found = polarise_pellet(opened_lab(lab), file, sample, voltage_v=voltage_v, by=by)
    else:
        found = polarise_file(file, voltage_v=voltage_v, geometry=geometry, sigma_total_s_cm=sigma_s_cm)
    say(found.document(), lambda screen: _draw_polarised(screen, found), as_json=as_json)


def _draw_polarised(screen: "Console", found: "Polarised") -> None:
    from nasicon_loop.cli.words import VERDICT_STYLE

    result = found.result
    screen.print(f"{found.file}  ", end="")
    screen.print(result.verdict, style=VERDICT_STYLE[result.verdict])
    for reason in result.reasons:
        screen.print(f"    {plain(reason, limit=500)}")
    screen.print(f"steady current  {with_sd(result.current_a, result.current_a_sd)} A at {result.voltage_v:g} V")
    if result.sigma_e_s_cm is not None and result.sigma_e_s_cm_sd is not None:
        if result.is_bound:
            screen.print(f"sigma_e         below {max(result.sigma_e_s_cm, 0.0) + 2 * result.sigma_e_s_cm_sd:.1e} S/cm")
        else:
            screen.print(f"sigma_e         {with_sd(result.sigma_e_s_cm, result.sigma_e_s_cm_sd)} S/cm")
    if result.transference_number is not None:
        sd = result.transference_number_sd or 0.0
        screen.print(f"t_ion           {result.transference_number:.6f} ± {sd:.1e}")
    if found.note:
        screen.print(plain(found.note))


@refusing
def sample_arrhenius(
    label: Annotated[str, typer.Argument(help="Pellet, or sample with one pellet.")],
    lab: LabOption = None,
    as_json: JsonOption = False,
) -> None:
    """Activation energy of a pellet from its sweeps at several temperatures."""
    from nasicon_loop.cli.words import plain_table
    from nasicon_loop.lab import sample_arrhenius as series_of

    series = series_of(opened_lab(lab), label)

    def human(screen: "Console") -> None:
        line = series.arrhenius
        ea = with_sd(line.activation_energy_ev, line.activation_energy_ev_sd)
        screen.print(f"{series.label}: Ea {ea} eV from {line.n_points} sweeps, scatter {line.scatter:.1%}")
        rows = (
            (point.analysis, f"{point.temperature_c:g}", with_sd(point.r_total_ohm, point.r_total_ohm_sd))
            for point in series.points
        )
        screen.print(plain_table(["analysis", "T / °C", "R total / ohm"], rows))

    say(series, human, as_json=as_json)


@refusing
def sample_pooled(
    label: Annotated[str, typer.Argument(help="Sample, or one pellet.")],
    lab: LabOption = None,
    as_json: JsonOption = False,
) -> None:
    """One conductivity for a sample from all its sweeps and pellets, with the scatter between them."""
    from nasicon_loop.lab import sample_pooled as pooled_of

    found = pooled_of(opened_lab(lab), label)
    value = found.pooled

    def human(screen: "Console") -> None:
        screen.print(f"{label}: sigma (25 °C) {with_sd(value.sigma_25_s_cm, value.sigma_25_s_cm_sd)} S/cm")
        screen.print(f"from {value.n_sweeps} sweeps of {value.n_pellets} pellets")
        scatter = f"{value.within_pellets:.1%} within pellets, {value.between_pellets:.1%} between them"
        screen.print(f"scatter beyond the stated uncertainties: {scatter}")

    say(found, human, as_json=as_json)
