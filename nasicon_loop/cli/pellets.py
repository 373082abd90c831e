"""Commands of pellets: geometry and phases."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from nasicon_loop.cli.output import JsonOption, LabOption, opened_lab, refusing, say
from nasicon_loop.cli.pairs import numbers
from nasicon_loop.core import Refusal

if TYPE_CHECKING:
    from rich.console import Console

    from nasicon_loop.lab import PelletMade

_SEVERAL = "; give it three times or more for three readings"
PelletArgument = Annotated[
    str, typer.Argument(help="Pellet label, as in NL-0001-P1; the sample's if it has one pellet.")
]
ThicknessOption = Annotated[list[float] | None, typer.Option(help=f"Sintered thickness L{_SEVERAL}.", min=1e-3, max=5)]
ElectrodeOption = Annotated[
    list[float] | None, typer.Option(help=f"Electrode diameter: its area enters sigma{_SEVERAL}.", min=0.01)
]
FiredOption = Annotated[
    list[float] | None, typer.Option(help=f"Pellet diameter after sintering{_SEVERAL}.", min=0.01, max=20)
]
DieOption = Annotated[float | None, typer.Option(help="Diameter of the pressing die.", min=0.01, max=20)]
MassOption = Annotated[float | None, typer.Option(help="Sintered mass.", min=1e-3, max=1000)]
MethodOption = Annotated[str | None, typer.Option(help="How the electrodes were made: silver paint, sputtered ...")]
GreenMassOption = Annotated[float | None, typer.Option(help="Mass as pressed.", min=1e-3, max=1000)]
GreenThicknessOption = Annotated[list[float] | None, typer.Option(help="Thickness as pressed.", min=1e-3, max=5)]
GreenDiameterOption = Annotated[list[float] | None, typer.Option(help="Diameter as pressed.", min=0.01, max=20)]
DryOption = Annotated[float | None, typer.Option("--archimedes-dry-g", help="Dry mass in air.", min=1e-3)]
ImmersedOption = Annotated[float | None, typer.Option("--archimedes-immersed-g", help="Mass in the liquid.", min=0)]
SoakedOption = Annotated[float | None, typer.Option("--archimedes-soaked-g", help="Soaked, wiped, in air.", min=1e-3)]
LiquidOption = Annotated[str | None, typer.Option(help="ethanol, 2-propanol, toluene; never water.")]
LiquidDensityOption = Annotated[
    float | None, typer.Option("--liquid-density-g-cm3", help="Of another liquid, or at another temperature.", min=0.1)
]


@refusing
def pellet_new(
    label: Annotated[str, typer.Argument(help="Sample label, as in NL-0001.")],
    thickness_cm: ThicknessOption = None,
    electrode_diameter_cm: ElectrodeOption = None,
    mass_g: MassOption = None,
    fired_diameter_cm: FiredOption = None,
    die_diameter_cm: DieOption = None,
    electrode_method: MethodOption = None,
    green_mass_g: GreenMassOption = None,
    green_thickness_cm: GreenThicknessOption = None,
    green_diameter_cm: GreenDiameterOption = None,
    lab: LabOption = None,
    as_json: JsonOption = False,
) -> None:
    """Begin a pellet of a sample; geometry may follow later."""
    from nasicon_loop.lab import Details, Dimensions, new_pellet

    single, several = _split(
        {
            "thickness_cm": thickness_cm,
            "electrode_diameter_cm": electrode_diameter_cm,
            "fired_diameter_cm": fired_diameter_cm,
            "green_thickness_cm": green_thickness_cm,
            "green_diameter_cm": green_diameter_cm,
        }
    )
    size = Dimensions(**single, mass_g=mass_g, die_diameter_cm=die_diameter_cm, green_mass_g=green_mass_g)
    made = new_pellet(opened_lab(lab), label, size, Details(several, electrode_method))
    say(made, lambda screen: _say_pellet(screen, made), as_json=as_json)


@refusing
def pellet_geometry(
    label: PelletArgument,
    thickness_cm: ThicknessOption = None,
    electrode_diameter_cm: ElectrodeOption = None,
    mass_g: MassOption = None,
    fired_diameter_cm: FiredOption = None,
    die_diameter_cm: DieOption = None,
    electrode_method: MethodOption = None,
    green_mass_g: GreenMassOption = None,
    green_thickness_cm: GreenThicknessOption = None,
    green_diameter_cm: GreenDiameterOption = None,
    dry_g: DryOption = None,
    immersed_g: ImmersedOption = None,
    soaked_g: SoakedOption = None,
    liquid: LiquidOption = None,
    liquid_density: LiquidDensityOption = None,
    lab: LabOption = None,
    as_json: JsonOption = False,
) -> None:
    """Enter or correct a pellet's geometry; waiting spectra get their conductivity."""
    from nasicon_loop.lab import Archimedes, Details, Dimensions, set_geometry

    weighings = None
    if dry_g is not None and immersed_g is not None and liquid is not None:
        weighings = Archimedes(dry_g, immersed_g, liquid, soaked_g, liquid_density)
    elif any(value is not None for value in (dry_g, immersed_g, soaked_g, liquid, liquid_density)):
        raise Refusal("Archimedes needs --archimedes-dry-g, --archimedes-immersed-g and --liquid", label)
    single, several = _split(
        {
            "thickness_cm": thickness_cm,
            "electrode_diameter_cm": electrode_diameter_cm,
            "fired_diameter_cm": fired_diameter_cm,
            "green_thickness_cm": green_thickness_cm,
            "green_diameter_cm": green_diameter_cm,
        }
    )
    size = Dimensions(**single, mass_g=mass_g, die_diameter_cm=die_diameter_cm, green_mass_g=green_mass_g)
    made = set_geometry(opened_lab(lab), label, size, Details(several, electrode_method, weighings))
    say(made, lambda screen: _say_pellet(screen, made), as_json=as_json)


def _split(lengths: dict[str, list[float] | None]) -> tuple[dict[str, float], dict[str, tuple[float, ...]]]:
    """A length that was given once is a value; given several times it is readings."""
    single = {name: values[0] for name, values in lengths.items() if values and len(values) == 1}
    return single, {name: tuple(values) for name, values in lengths.items() if values and len(values) > 1}


def _say_pellet(screen: "Console", made: "PelletMade") -> None:
    from nasicon_loop.cli.stories import draw_pellet

    draw_pellet(screen, made)


@refusing
def pellet_phase(
    label: PelletArgument,
    phase: Annotated[str, typer.Option(help="R-3c, C2/c, mixed or unknown.")],
    second: Annotated[
        list[str] | None, typer.Option("--second", help="A second phase in wt %, as ZrO2=3.5 or glass=2.")
    ] = None,
    file: Annotated[Path | None, typer.Option(help="The diffraction pattern; kept in the vault.")] = None,
    note: Annotated[str, typer.Option(help="Instrument, method of refinement ...")] = "",
    by: Annotated[str | None, typer.Option("--by", help="Who says so; default: the operator.")] = None,
    lab: LabOption = None,
    as_json: JsonOption = False,
) -> None:
    """Say what diffraction found in a pellet; unknown phases make its result a weaker lesson."""
    from nasicon_loop.lab import set_phase

    seconds = numbers(second, "--second ZrO2=3.5")
    known = set_phase(opened_lab(lab), label, phase, second_percent=seconds, pattern=file, note=note, by=by)
    others = ", ".join(f"{name} {100 * fraction:g} wt %" for name, fraction in known.second_phases.items())
    text = f"{label}: {known.phase}, second phases: {others or 'none found' if phase != 'unknown' else others or '?'}"
    say(known, lambda screen: screen.print(text), as_json=as_json)
