"""Use cases of making: samples, pellets and their geometry."""

import dataclasses
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

from nasicon_loop.core import Refusal, plain
from nasicon_loop.lab.geometry import Details, Dimensions, density, refuse_odd_lengths

if TYPE_CHECKING:
    from db import Pellet, PelletGeometry, Reader, Sample
    from nasicon_loop.lab.context import Lab
    from nasicon_loop.lab.results import ImportResult

HOST_FORMULA = "Na3Zr2Si2PO12"
_NUMBERS = tuple(item.name for item in fields(Dimensions))


@dataclass(frozen=True, slots=True)
class PelletMade:
    """A pellet, its geometry so far, the files that became complete by it, and what is odd about the readings."""

    label: str
    pellet: "Pellet"
    geometry: "PelletGeometry | None"
    completed: tuple["ImportResult", ...] = ()
    notes: tuple[str, ...] = ()


def new_sample(
    lab: "Lab",
    formula: str | None = None,
    *,
    from_suggestion: int | None = None,
    is_reference: bool = False,
    note: str = "",
) -> "Sample":
    """Begin a powder batch and give it the next label; a suggestion that it comes from is accepted thereby.

    Raises Refusal for a formula that cannot be made, an unknown suggestion, or one that was rejected.
    """
    if formula is not None and from_suggestion is not None:
        raise Refusal("give a formula or --from-suggestion, not both")
    if formula is None and from_suggestion is None and is_reference:
        formula = HOST_FORMULA
    if formula is None and from_suggestion is None:
        raise Refusal("give a formula, or --from-suggestion with the number of a suggestion")
    with lab.database.read() as reader:
        suggestion = None if from_suggestion is None else reader.suggestion(from_suggestion)
        state = None if suggestion is None else reader.suggestion_state(suggestion.number)
        batches = [] if suggestion is None else reader.suggested_batches()
        asks_for_reference = suggestion is not None and any(
            one.kinds.get(suggestion.number) == "reference" for one in batches if one.batch == suggestion.batch
        )
    if suggestion is not None and state == "rejected":
        raise Refusal("was rejected; accept it first with `nasicon suggest --accept`", f"suggestion {from_suggestion}")
    target = _checked_formula(suggestion.formula if suggestion is not None else str(formula))
    with lab.database.write(who=lab.who) as writer:
        return writer.add_sample(
            target,
            suggestion=suggestion,
            is_reference=is_reference or asks_for_reference,
            note=plain(note, limit=1000),
        )


def _checked_formula(text: str) -> str:
    from nasicon_loop.chemistry import Composition

    composition = Composition.parse(text)
    composition.sites()
    if not composition.is_balanced:
        raise Refusal(
            f"the charges do not balance: {float(composition.charge()):+.3g} per formula; correct the sodium or oxygen",
            composition.formula,
        )
    return composition.formula


def close_sample(lab: "Lab", label: str, state: str, reason: str) -> None:
    """Say that a sample "failed" (its composition may come again) or is "abandoned" (never again)."""
    if state not in ("failed", "abandoned"):
        raise Refusal("a sample is closed as failed or abandoned", state)
    if not reason.strip():
        raise Refusal("say why: the journal keeps it", label)
    with lab.database.write(who=lab.who) as writer:
        writer.set_sample_state(writer.sample(label), state, plain(reason, limit=1000))  # type: ignore[arg-type]


def new_pellet(
    lab: "Lab", label: str, dimensions: Dimensions | None = None, details: Details | None = None
) -> PelletMade:
    """Begin a pellet of a sample; its geometry may come later. Files that waited for it are completed."""
    from nasicon_loop.lab.completing import complete

    size, more = dimensions or Dimensions(), details or Details()
    if size.is_empty and more.is_empty:
        with lab.database.write(who=lab.who) as writer:
            pellet = writer.add_pellet(writer.sample(label))
        return PelletMade(pellet.label, pellet, None, tuple(complete(lab)))
    with lab.database.write(who=lab.who) as writer:  # one transaction: a refused size leaves no pellet behind
        pellet = writer.add_pellet(writer.sample(label))
        values, notes = _geometry_values(lab, writer, pellet, size, more)
        geometry = writer.add_geometry(pellet, **values)
    return PelletMade(pellet.label, pellet, geometry, tuple(complete(lab)), notes)


def set_geometry(lab: "Lab", label: str, dimensions: Dimensions, details: Details | None = None) -> PelletMade:
    """Enter or correct a pellet's geometry; spectra that waited for it, or used the old one, are concluded anew.

    `label` may be the sample's when it has one pellet. Lengths that were read several times get a mean, and an sd from
    their scatter and the caliper's last digit (lab.toml). Raises Refusal when nothing is given.
    """
    from nasicon_loop.lab.completing import complete

    more = details or Details()
    if dimensions.is_empty and more.is_empty:
        raise Refusal("give at least one of thickness, electrode diameter, fired diameter, die diameter, mass", label)
    with lab.database.read() as reader:
        pellet = pellet_of(reader, label)
        values, notes = _geometry_values(lab, reader, pellet, dimensions, more)
    with lab.database.write(who=lab.who) as writer:
        geometry = writer.add_geometry(pellet, **values)
    return PelletMade(pellet.label, pellet, geometry, tuple(complete(lab)), notes)


def _geometry_values(
    lab: "Lab", reader: "Reader", pellet: "Pellet", dimensions: Dimensions, more: Details
) -> tuple[dict[str, Any], tuple[str, ...]]:
    """What is written down of a size, and what is odd about it; Refusal for a size that no pellet has."""
    size, sd, notes = more.resolved(dimensions, lab.settings.measurement.caliper_resolution_cm)
    refuse_odd_lengths(pellet.label, size)
    found = density(reader, pellet, size, more.archimedes)
    values: dict[str, Any] = {name: getattr(size, name) for name in _NUMBERS} | sd
    values |= {
        "electrode_method": None if more.electrode_method is None else plain(more.electrode_method),
        "archimedes": None if more.archimedes is None else dataclasses.asdict(more.archimedes),
        "readings": {name: list(read) for name, read in more.readings.items()} or None,
        "relative_density": found.relative,
        "density_method": found.method,
    }
    return values, (*notes, *found.notes)


def pellet_of(reader: "Reader", label: str) -> "Pellet":
    """Return the pellet with this label, or the only pellet of the sample with this label; Refusal otherwise."""
    pellet = reader.find_pellet(label)
    if pellet is not None:
        return pellet
    pellets = reader.pellets(reader.sample(label))
    if len(pellets) != 1:
        raise Refusal(
            f"has {len(pellets)} pellets; name one, as in {label}-P1" if pellets else "has no pellet yet", plain(label)
        )
    return pellets[0]
