"""`nasicon fit`: files in, resistance and conductivity out; works anywhere."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from nasicon_loop.cli.loop import EXECUTORS
from nasicon_loop.cli.output import REFUSED, JsonOption, LabOption, progress_bar, refusal_document, refusing, say
from nasicon_loop.cli.quality import (
    BoundOption,
    CircuitOption,
    ElectrolyteOption,
    FixOption,
    LeaveOutOption,
    MaskOption,
    StartOption,
    WhoOption,
)
from nasicon_loop.cli.reanalyse import reanalyse_lab
from nasicon_loop.core import Refusal, plain

if TYPE_CHECKING:
    from rich.console import Console

    from nasicon_loop.lab import Fitted, HandFit

PlotKind = Literal["nyquist", "bode", "residuals", "drt", "all"]
PlotKindOption = Annotated[
    PlotKind, typer.Option(help="What --plot draws; all is one sheet, drt the relaxation times, for looking only.")
]


@refusing
def fit(
    files: Annotated[list[Path] | None, typer.Argument(help="Impedance files.", show_default=False)] = None,
    thickness_cm: Annotated[float | None, typer.Option(help="Pellet thickness L in cm.", min=1e-4, max=10)] = None,
    radius_cm: Annotated[float | None, typer.Option(help="Electrode radius in cm.", min=1e-3, max=10)] = None,
    electrode_diameter_cm: Annotated[
        float | None, typer.Option(help="Electrode diameter in cm (not the pellet's).", min=2e-3, max=20)
    ] = None,
    temperature_c: Annotated[
        float | None, typer.Option(help="Temperature of the measurement in °C.", min=-200, max=1000)
    ] = None,
    plot: Annotated[
        Path | None, typer.Option(help="Write pictures here: a .png/.svg file, or a folder for several sweeps.")
    ] = None,
    plot_kind: PlotKindOption = "nyquist",
    short: Annotated[Path | None, typer.Option(help="Sweep of the holder closed: taken off every file.")] = None,
    open_: Annotated[Path | None, typer.Option("--open", help="Sweep of the holder open: likewise.")] = None,
    circuit: CircuitOption = None,
    electrolyte: ElectrolyteOption = "",
    fix: FixOption = None,
    bound: BoundOption = None,
    start: StartOption = None,
    mask: MaskOption = "",
    leave_out: LeaveOutOption = None,
    by: WhoOption = None,
    everything: Annotated[bool, typer.Option("--all", help="All spectra of the lab, with --reanalyse.")] = False,
    reanalyse: Annotated[bool, typer.Option(help="Anew what an older engine or reader did; the old stays.")] = False,
    executor: Annotated[str | None, typer.Option(help=f"For --reanalyse: {EXECUTORS}")] = None,
    lab: LabOption = None,
    as_json: JsonOption = False,
) -> None:
    """Fit impedance files without a lab folder; with --all --reanalyse, those of the lab after an engine change."""
    from nasicon_loop.lab import fit_files, geometry_of, operator_name, read_leads

    if everything or reanalyse:
        if files or not (everything and reanalyse):
            raise Refusal("the whole lab is analysed anew by --all --reanalyse together, without files")
        reanalyse_lab(lab, executor, as_json=as_json)
        return
    if not files:
        raise typer.BadParameter("name at least one file", param_hint="FILES...")
    geometry = geometry_of(thickness_cm, radius_cm, electrode_diameter_cm)
    by_hand = _by_hand(circuit, electrolyte, fix, bound, start, mask, leave_out)
    with progress_bar() as bar:
        fitted, refusals = fit_files(
            files,
            geometry=geometry,
            temperature_c=temperature_c,
            leads=read_leads(short, open_) if short or open_ else None,
            by_hand=by_hand,
            by=by or operator_name(),
            pictures=plot,
            progress=bar,
        )
    pictures = _draw_all(fitted, plot, plot_kind) if plot else []
    documents = [item.document() for item in fitted] + [refusal_document(refusal) for refusal in refusals]
    say(documents, lambda screen: _table(screen, fitted, refusals, pictures), as_json=as_json)
    if refusals:
        raise typer.Exit(REFUSED)


def _by_hand(
    circuit: str | None,
    electrolyte: str,
    fix: list[str] | None,
    bound: list[str] | None,
    start: list[str] | None,
    mask: str,
    leave_out: list[str] | None,
) -> "HandFit | None":
    from nasicon_loop.lab import HandFit

    if not (circuit or electrolyte or fix or bound or start or mask or leave_out):
        return None
    return HandFit.parse(
        circuit,
        electrolyte,
        fix=fix or (),
        bound=bound or (),
        start=start or (),
        mask=mask,
        leave_out=leave_out or (),
    )


def _draw_all(fitted: "list[Fitted]", target: Path, kind: PlotKind) -> list[Path]:
    from nasicon_loop.lab import draw_fitted

    if target.suffix.lower() in {".png", ".svg"}:
        if len(fitted) != 1:
            raise Refusal(f"one picture file for {len(fitted)} sweeps: give a folder", target)
        return [draw_fitted(fitted[0], target, kind)]
    names = _picture_names(fitted, "" if kind == "nyquist" else f"_{kind}")
    return [draw_fitted(item, target / name, kind) for item, name in zip(fitted, names, strict=True)]


def _picture_names(fitted: "list[Fitted]", ending: str) -> list[str]:
    """Return a file name per sweep; files of one name from several folders are numbered."""
    names: list[str] = []
    for item in fitted:
        name = base = f"{Path(item.file).stem}_sweep{item.sweep}{ending}"
        count = 2
        while f"{name}.png".lower() in {one.lower() for one in names}:
            name, count = f"{base}_{count}", count + 1
        names.append(f"{name}.png")
    return names


def _table(screen: "Console", fitted: "list[Fitted]", refusals: list[Refusal], pictures: list[Path]) -> None:
    from nasicon_loop.cli.words import verdict_block

    for item in fitted:
        screen.print(verdict_block(Path(item.file).name, item.sweep, item.document()), end="")
    for refusal in refusals:
        screen.print(f"refused  {plain(refusal, limit=1000)}", style="red", soft_wrap=True)
    for picture in pictures:
        screen.print(f"picture  {plain(picture, limit=1000)}")
