"""What was made, as tables: samples, recipes, weighings, firings, pellets."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from nasicon_loop.lab.export_sheets import Sheet, as_json, count, flag, number, text, time

if TYPE_CHECKING:
    from db import Deviation, Firing, Lot, Pellet, PelletGeometry, PelletPhase, Reader, RecipeVersion, Sample, Weighing
    from db import WeighingEntry as Entry
    from nasicon_loop.report import Cell


@dataclass(frozen=True, slots=True)
class _Made:
    """One row's sources; every table uses those that it has."""

    sample: "Sample"
    state: str = ""
    suggestion: int | None = None
    weighing: "Weighing | None" = None
    recipe: "RecipeVersion | None" = None
    line: Any = None
    signed_by: str = ""
    precursor: str = ""
    mass_g: float = 0.0
    is_newest: bool = False
    entry: "Entry | None" = None
    lot: "Lot | None" = None
    deviation: "Deviation | None" = None
    firing: "Firing | None" = None
    load: int | None = None
    pellet: "Pellet | None" = None
    geometry: "PelletGeometry | None" = None
    phase: "PelletPhase | None" = None
    n_entries: int = 0


def _of(name: str) -> "Any":
    """A key of the recipe's document, or of the precursor's line in it."""
    return lambda made: (made.line if made.line is not None else made.recipe.document).get(name)


_SAMPLE = text("sample", "label of the powder batch", "sample.label")
_CM = {
    "thickness_cm": "thickness of the fired pellet",
    "thickness_cm_sd": "standard deviation of it",
    "electrode_diameter_cm": "diameter of the electrode: the area that conducts",
    "electrode_diameter_cm_sd": "standard deviation of it",
    "fired_diameter_cm": "diameter of the fired pellet",
    "fired_diameter_cm_sd": "standard deviation of it",
    "die_diameter_cm": "diameter of the die",
    "green_thickness_cm": "thickness before firing",
    "green_diameter_cm": "diameter before firing",
}

MAKING = (
    Sheet(
        "samples",
        "One row per powder batch.",
        (
            _SAMPLE,
            count("number", "the sample's number", "sample.number"),
            text("target_formula", "composition that was wished for", "sample.target_formula"),
            text("weighed_formula", "with weighing errors, declared excess left out", "weighing.weighed_formula"),
            text("batched_formula", "everything in the mill, excess included", "weighing.batched_formula"),
            text("state", "planned, weighed, calcined, failed or abandoned", "state"),
            flag("is_reference", "an undoped reference that shares the furnace", "sample.is_reference"),
            count("suggestion", "number of the suggestion it was made from", "suggestion"),
            text("note", "what a person wrote", "sample.note"),
            time("begun_at", "when it was begun", "sample.at"),
        ),
    ),
    Sheet(
        "recipes",
        "One row per version of a sample's recipe; the newest counts.",
        (
            _SAMPLE,
            count("version", "version of the recipe", "recipe.version"),
            text("target", "composition that was wished for", _of("target")),
            text("batched", "composition of what goes into the mill", _of("batched")),
            number("mass_g", "g", "target compound that the stoichiometric precursors give", _of("mass_g")),
            text("excess_basis", "what the excess refers to", _of("excess_basis")),
            number("excess_percent", "%", "excess on that basis", _of("excess_percent")),
            text("protocol", "name of the synthesis protocol", _of("protocol")),
            text("signed_by", "who signed this version off", "signed_by"),
            text("document_json", "the whole recipe", as_json("recipe.document")),
            time("planned_at", "when it was planned", "recipe.at"),
        ),
    ),
    Sheet(
        "recipe_precursors",
        "One row per precursor of a recipe version.",
        (
            _SAMPLE,
            count("version", "version of the recipe", "recipe.version"),
            text("precursor", "name of the precursor", _of("name")),
            text("formula", "its formula", _of("formula")),
            number("mass_g", "g", "exact mass, assay and loss on ignition included", _of("mass_g")),
            number("rounded_g", "g", "mass as the sheet says it", _of("rounded_g")),
            number("tolerance_g", "g", "by how much the balance may differ", _of("tolerance_g")),
            number("assay", "mass fraction", "assay of the lot", _of("assay")),
            number("loss_on_ignition", "mass fraction", "loss on ignition of the lot", _of("loss_on_ignition")),
            text("lot", "lot that the recipe was planned with", _of("lot")),
        ),
    ),
    Sheet(
        "weighings",
        "One row per precursor of a finished weighing; the newest weighing of a sample counts.",
        (
            _SAMPLE,
            count("weighing", "number of the weighing in the lab", "weighing.id"),
            flag("is_newest", "the weighing that counts", "is_newest"),
            text("precursor", "what was weighed", "precursor"),
            number("mass_g", "g", "mass in the vessel", "mass_g"),
            text("weighed_formula", "composition weighed, declared excess left out", "weighing.weighed_formula"),
            text("batched_formula", "composition of everything in the mill", "weighing.batched_formula"),
            number("excess_fraction", "fraction", "declared excess", "weighing.excess_fraction"),
            text("operator", "who weighed", "weighing.operator"),
            time("weighed_at", "when it was written down", "weighing.at"),
        ),
    ),
    Sheet(
        "weighing_readings",
        "One row per reading of the balance; the newest of a precursor counts.",
        (
            _SAMPLE,
            text("precursor", "what was weighed", "entry.precursor"),
            number("mass_g", "g", "all of it that lies in the vessel", "entry.mass_g"),
            count("lot", "number of the jar in the lab", "lot.number"),
            text("lot_number", "lot number of the supplier", "lot.lot_number"),
            text("supplier", "who sold it", "lot.supplier"),
            text("balance", "serial number, where the balance was read by cable", "entry.balance"),
            text("operator", "who weighed", "entry.operator"),
            time("weighed_at", "when", "entry.at"),
        ),
    ),
    Sheet(
        "deviations",
        "One row per note on what was done otherwise than the recipe says.",
        (
            _SAMPLE,
            text("text", "what was done otherwise", "deviation.text"),
            text("who", "who wrote it", "deviation.who"),
            time("written_at", "when", "deviation.at"),
        ),
    ),
    Sheet(
        "firings",
        "One row per furnace step of a sample.",
        (
            _SAMPLE,
            text("step", "calcination, sintering", "firing.step"),
            number("temperature_c", "°C", "what the sample really had", "firing.temperature_c"),
            number("set_temperature_c", "°C", "what the furnace was set to", "firing.set_temperature_c"),
            number("hours", "h", "dwell", "firing.hours"),
            count("load", "number of the furnace load it lay in", "load"),
            number("mass_before_g", "g", "before, without crucible", "firing.mass_before_g"),
            number("mass_after_g", "g", "after, without crucible", "firing.mass_after_g"),
            text("note", "what a person wrote", "firing.note"),
            time("written_at", "when it was written down", "firing.at"),
        ),
    ),
    Sheet(
        "pellets",
        "One row per pellet with its newest geometry.",
        (
            text("pellet", "label of the pellet", "pellet.label"),
            _SAMPLE,
            count("number", "number of the pellet in its sample", "pellet.number"),
            *(number(name, "cm", about, f"geometry.{name}") for name, about in _CM.items()),
            number("mass_g", "g", "mass of the fired pellet", "geometry.mass_g"),
            number("green_mass_g", "g", "mass before firing", "geometry.green_mass_g"),
            number("relative_density", "fraction", "of the theoretical density", "geometry.relative_density"),
            text("density_method", "how it was found", "geometry.density_method"),
            text("electrode_method", "how the electrodes were made", "geometry.electrode_method"),
            text("phase", "R-3c, C2/c, mixed or unknown, by diffraction", "phase.phase"),
            text("second_phases_json", "mass fractions by formula", as_json("phase.second_phases")),
            text("pattern_sha256", "SHA-256 of the diffraction pattern", "phase.pattern_sha256"),
            count("n_geometry_entries", "how often its geometry was entered", "n_entries"),
            time("begun_at", "when it was begun", "pellet.at"),
        ),
    ),
)


def making_rows(reader: "Reader", sample: "Sample", known: "Known") -> "Iterator[tuple[str, tuple[Cell, ...]]]":
    """Yield (table, row) of everything that was made of one sample."""
    for name, made in _made(reader, sample, known):
        yield name, _SHEETS[name].row(made)


_SHEETS = {sheet.name: sheet for sheet in MAKING}


@dataclass(frozen=True, slots=True)
class Known:
    """What is asked once for all samples: states by sample id, numbers by id."""

    states: dict[int, Any]
    suggestions: dict[int, int]
    loads: dict[int, int]
    lots: "dict[int, Lot]"


def known_of(reader: "Reader") -> Known:
    """Return what `making_rows` needs of the whole lab."""
    return Known(
        dict(reader.sample_states()),
        {one.id: one.number for one in reader.suggestions()},
        {one.id: one.number for one in reader.loads()},
        {one.id: one for one in reader.lots()},
    )


def _made(reader: "Reader", sample: "Sample", known: Known) -> Iterator[tuple[str, _Made]]:
    weighings = reader.weighings(sample)
    newest = weighings[-1] if weighings else None
    suggestion = None if sample.suggestion_id is None else known.suggestions.get(sample.suggestion_id)
    yield "samples", _Made(sample, known.states[sample.id], suggestion, newest)
    for recipe in reader.recipes(sample):
        signed = ", ".join(one.who for one in reader.recipe_signatures(recipe))
        yield "recipes", _Made(sample, recipe=recipe, signed_by=signed)
        for line in recipe.document.get("precursors", ()):
            yield "recipe_precursors", _Made(sample, recipe=recipe, line=line)
    for weighing in weighings:
        for precursor, mass_g in sorted(weighing.masses_g.items()):
            yield (
                "weighings",
                _Made(sample, weighing=weighing, precursor=precursor, mass_g=mass_g, is_newest=weighing is newest),
            )
    for entry in reader.weighing_entries(sample):
        lot = None if entry.lot_id is None else known.lots.get(entry.lot_id)
        yield "weighing_readings", _Made(sample, entry=entry, lot=lot)
    for deviation in reader.deviations(sample):
        yield "deviations", _Made(sample, deviation=deviation)
    for firing in reader.firings(sample):
        load = None if firing.furnace_load_id is None else known.loads.get(firing.furnace_load_id)
        yield "firings", _Made(sample, firing=firing, load=load)
    for pellet in reader.pellets(sample):
        geometry, n_entries = reader.geometry(pellet), len(reader.geometries(pellet))
        phase = reader.phase(pellet)
        yield "pellets", _Made(sample, pellet=pellet, geometry=geometry, phase=phase, n_entries=n_entries)
