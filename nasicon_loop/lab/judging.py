"""Use cases of judging: signing what waits, taking back what was wrong."""

from typing import TYPE_CHECKING, Literal

from nasicon_loop.core import Refusal, plain

if TYPE_CHECKING:
    from db import Retraction, Signature
    from nasicon_loop.lab.context import Lab


def sign_analysis(
    lab: "Lab", number: int, decision: Literal["accepted", "rejected"], *, reason: str, by: str | None = None
) -> "Signature":
    """Sign an analysis as "accepted" (a reviewed one then teaches) or "rejected" (it never teaches)."""
    if not reason.strip():
        raise Refusal("a signature needs a reason: the journal keeps it", f"analysis {number}")
    with lab.database.write(who=lab.who) as writer:
        return writer.sign(number, decision, reason=plain(reason, limit=1000), who=plain(by) if by else None)


def retract_analysis(lab: "Lab", number: int, *, reason: str, by: str | None = None) -> "Retraction":
    """Take a result back with who, when and why; the next training forgets it."""
    with lab.database.write(who=lab.who) as writer:
        return writer.retract(number, reason=plain(reason, limit=1000), who=plain(by) if by else None)
