"""Back to an earlier analysis: what a person tried is kept and no longer current."""

from typing import TYPE_CHECKING, Any

from nasicon_loop.core import Refusal, plain
from nasicon_loop.lab.analysing import analysis_of, columns, eis_geometry, eis_settings
from nasicon_loop.lab.automatic import for_signature

if TYPE_CHECKING:
    from db import PelletGeometry, Reader, StoredAnalysis
    from nasicon_loop.lab.context import Lab
    from nasicon_loop.lab.overview import AnalysisView


def restore_analysis(
    lab: "Lab", number: int, *, reason: str, by: str | None = None, instead_of: int | None = None
) -> "AnalysisView":
    """Make an earlier analysis of a spectrum the current one again, as a new analysis; nothing is overwritten.

    Its conductivity is that of the pellet's newest geometry. A rejection goes over to it, an acceptance too unless the
    number changed or an analysis of the spectrum was ever taken back. Raises Refusal without a reason, for an analysis
    that is current already or was taken back, and where `instead_of` is no longer the current one.
    """
    where = f"analysis {number}"
    if not reason.strip():
        raise Refusal("say why: the journal keeps it", where)
    from nasicon_loop.lab.overview import analysis_view

    who, why = plain(by or lab.who, limit=100), plain(reason, limit=1000)
    with lab.database.write(who=lab.who) as writer:
        old = writer.analysis(number)
        current = writer.current_analysis(old.spectrum_id)
        if current is None or current.id == old.id:
            raise Refusal("is the current one already", where)
        if instead_of is not None and current.id != instead_of:
            raise Refusal(f"is not what analysis {instead_of} replaced: analysis {current.id} is current now", where)
        if writer.retractions(old):
            raise Refusal("was taken back and does not return", where)
        pellet = writer.genealogy_of_analysis(number).pellet
        shape = None if pellet is None else writer.geometry(pellet)
        made = _columns_now(lab, old, shape)
        stored = writer.add_analysis(
            old.spectrum_id,
            geometry=None if made["sigma_total_s_cm"] is None else shape,
            reason=f"{who} went back to analysis {number} from {current.id}: {why}",
            **made,
        )
        signature = next(iter(writer.signatures(old)[-1:]), None)
        if signature is not None and (signature.decision == "rejected" or _may_teach(writer, old, stored)):
            said = f"as analysis {number}, which is current again: {signature.reason}"
            writer.sign(stored, signature.decision, reason=said, who=signature.who)
    return analysis_view(lab, stored.id)


def analysis_before(lab: "Lab", number: int) -> int | None:
    """Return the analysis of the same spectrum before this one, None for the first. Refusal for an unknown number."""
    with lab.database.read() as reader:
        earlier = reader.analyses(reader.analysis(number).spectrum_id, with_document=False)
    return max((one.id for one in earlier if one.id < number), default=None)


def _columns_now(lab: "Lab", old: "StoredAnalysis", shape: "PelletGeometry | None") -> dict[str, Any]:
    """Return the columns as they were, or with the conductivity of the newest geometry where that is another."""
    analysis = analysis_of(old)
    geometry = eis_geometry(shape, lab.settings)
    if geometry != analysis.geometry:
        analysis = for_signature(lab, analysis.with_geometry(geometry, eis_settings(lab.settings)))
    return columns(analysis)


def _may_teach(reader: "Reader", old: "StoredAnalysis", new: "StoredAnalysis") -> bool:
    is_same = (old.verdict, old.sigma_25_s_cm) == (new.verdict, new.sigma_25_s_cm)
    return is_same and not any(reader.retractions(one) for one in reader.analyses(old.spectrum_id, with_document=False))
