"""`nasicon fit`: files in, resistance and conductivity out; works anywhere."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from nasicon_loop.cli.output import REFUSED, JsonOption, progress_bar, refusal_document, refusing, say
from nasicon_loop.core import Refusal, plain

if TYPE_CHECKING:
    from rich.console import Console

    from nasicon_loop.lab.fitting import Fitted


@refusing
def fit(
    files: Annotated[list[Path], typer.Argument(help="Impedance files.", show_default=False)],
    thickness_cm: Annotated[float | None, typer.Option(help="Pellet thickness L in cm.", min=1e-4, max=10)] = None,
    radius_cm: Annotated[float | None, typer.Option(help="Electrode radius in cm.", min=1e-3, max=10)] = None,
    electrode_diameter_cm: Annotated[
        float | None, typer.Option(help="Electrode diameter in cm (not the pellet's).", min=2e-3, max=20)
    ] = None,
    temperature_c: Annotated[
        float | None, typer.Option(help="Temperature of the measurement in °C.", min=-200, max=1000)
    ] = None,
    plot: Annotated[
        Path | None, typer.Option(help="Write Nyquist pictures here: a .png/.svg file, or a folder.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Fit impedance files without a lab folder."""
    from nasicon_loop.lab.fitting import fit_files, geometry_of

    geometry = geometry_of(thickness_cm, radius_cm, electrode_diameter_cm)
    with progress_bar() as bar:
        fitted, refusals = fit_files(files, geometry=geometry, temperature_c=temperature_c, progress=bar)
    pictures = _draw_all(fitted, plot) if plot else []
    documents = [item.document() for item in fitted] + [refusal_document(refusal) for refusal in refusals]
    say(documents, lambda screen: _table(screen, fitted, refusals, pictures), as_json=as_json)
    if refusals:
        raise typer.Exit(REFUSED)


def _draw_all(fitted: "list[Fitted]", target: Path) -> list[Path]:
    from nasicon_loop.lab.fitting import draw

    if target.suffix.lower() in {".png", ".svg"}:
        if len(fitted) != 1:
            raise Refusal(f"one picture file for {len(fitted)} sweeps: give a folder", target)
        return [draw(fitted[0], target)]
    if target.suffix:
        raise Refusal("pictures are .png or .svg, or give a folder", target)
    return [draw(item, target / f"{Path(item.file).stem}_sweep{item.sweep}.png") for item in fitted]


def _table(screen: "Console", fitted: "list[Fitted]", refusals: list[Refusal], pictures: list[Path]) -> None:
    from nasicon_loop.cli.words import verdict_block

    for item in fitted:
        screen.print(verdict_block(Path(item.file).name, item.sweep, item.document()), end="")
    for refusal in refusals:
        screen.print(f"refused  {plain(refusal, limit=1000)}", style="red")
    for picture in pictures:
        screen.print(f"picture  {picture}")
