"""Options that say something of something: ZrO2=0.3066."""

from collections.abc import Iterable

from nasicon_loop.core import Refusal


def pairs(texts: Iterable[str] | None, example: str) -> dict[str, str]:
    """Return options written as NAME=VALUE; Refusal that shows the example otherwise, and for a name given twice."""
    found: dict[str, str] = {}
    for text in texts or []:
        name, sign, value = (part.strip() for part in text.partition("="))
        if not (name and sign and value):
            raise Refusal(f"write it as {example}", text)
        if name in found:
            raise Refusal("is given twice", name)
        found[name] = value
    return found


def numbers(texts: Iterable[str] | None, example: str) -> dict[str, float]:
    """Return options written as NAME=NUMBER; Refusal that shows the example otherwise."""
    found: dict[str, float] = {}
    for name, value in pairs(texts, example).items():
        try:
            found[name] = float(value)
        except ValueError:
            raise Refusal(f"write it as {example}", f"{name}={value}") from None
    return found
