"""Text that came from outside, made harmless before anybody looks at it."""

import unicodedata

_SHORT = 200


def plain(text: object, *, limit: int = _SHORT) -> str:
    """Return `text` on one line, without control, format or private characters, cut to `limit` characters.

    Terminal escapes start with a control character and right-to-left overrides are format characters: both become
    the replacement character, so what a file calls itself can neither move the cursor nor reorder a line. Unicode's
    own line and paragraph separators end a line for many programs: they become spaces as the other line ends do.
    """
    whole = str(text)
    shown = whole if len(whole) <= limit else whole[: limit - 1] + "…"
    # what Python calls printable has none of the characters below, and screens ask for thousands of texts at once
    return shown if shown.isprintable() else "".join(map(_plain_char, shown))


def _plain_char(char: str) -> str:
    if " " <= char <= "~":
        return char
    category = unicodedata.category(char)
    if char in "\t\n\r" or category in ("Zl", "Zp"):
        return " "
    return "\N{REPLACEMENT CHARACTER}" if category[0] == "C" else char
