"""The section [policy] of `lab.toml`: what may happen without a person."""

from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from nasicon_loop.core import Refusal

if TYPE_CHECKING:
    from nasicon_loop.lab.settings_devices import FurnaceSection

Who = Literal["ask", "automatic"]


class PolicySection(BaseModel):
    """Which steps are "automatic" and which "ask" a person.

    `propose`: suggest after an automatic training, and accept, while the campaign's health allows it. `recipe`: begin
    the sample of an accepted suggestion and plan it. `arm_furnace`: start a loaded program; only with the furnace's
    name in `arm_furnace_confirmed`. `accept_fit`: let an analysis that passed all gates teach without a signature.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)

    propose: Who = "ask"
    recipe: Who = "ask"
    arm_furnace: Who = "ask"
    arm_furnace_confirmed: Annotated[str, Field(max_length=60)] = ""
    accept_fit: Who = "automatic"


def check_policy(policy: PolicySection, furnace: "FurnaceSection") -> None:
    """Refuse a furnace that would start by itself without having been named for it: heat with nobody there is the one
    thing here that burns."""
    if policy.arm_furnace == "ask":
        return
    if not furnace.name or policy.arm_furnace_confirmed != furnace.name:
        named = f'"{furnace.name}"' if furnace.name else "the name that [furnace] does not have yet"
        raise Refusal(
            "[policy] arm_furnace: automatic starts heating with nobody there; confirm that by writing "
            f"arm_furnace_confirmed = {named} beside it, or leave it at ask",
            "lab.toml",
        )
    if furnace.ceiling_c is None:
        raise Refusal("[policy] arm_furnace: automatic needs a ceiling_c in [furnace]", "lab.toml")
