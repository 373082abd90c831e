"""Text that came from outside, made harmless before anybody looks at it."""

import unicodedata

_SHORT = 200


def plain(text: object, *, limit: int = _SHORT) -> str:
    """Return `text` on one line, without control, format or private characters, cut to `limit` characters.

    Terminal escapes start with a control character and right-to-left overrides are format characters: both become
    the replacement character, so what a file calls itself can neither move the cursor nor reorder a line.
    """
    clean = "".join(
        " " if char in "\t\n\r" else "\N{REPLACEMENT CHARACTER}" if unicodedata.category(char)[0] == "C" else char
        for char in str(text)
    )
    return clean if len(clean) <= limit else clean[: limit - 1] + "…"
