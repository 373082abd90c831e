"""MT-SICS lines as values; pure text, no port.

Sources: MT-SICS reference manuals 11780711 and 11781363, 30324923 (XPR/XSR). A reply is `token status arguments`;
strings are in quotes; the lines of a long reply have status B, the last one A. Public drivers disagree on what follows
`@` and `T`, so replies are taken by their first token and both variants are accepted.
"""

import re
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from instruments.devices.errors import DeviceError, DeviceSaysNo, NotStable, OutOfRange, UnreadableReply
from instruments.devices.values import Weight
from nasicon_loop.core import plain

GRAMS = {"kg": Decimal(1000), "g": Decimal(1), "mg": Decimal("1e-3"), "ug": Decimal("1e-6"), "µg": Decimal("1e-6")}
"""Units that are taken; everything else is refused rather than guessed."""
LONGEST_LINE = 200
_TOKEN = re.compile(r'"[^"]*"|[^\s"]+')
_NUMBER = re.compile(r"[+-]?\d{1,12}(\.\d{1,9})?\Z")

_ERRORS = {
    "ES": "does not know the command (syntax error)",
    "ET": "reports a transmission error: check baud rate and parity",
    "EL": "cannot carry out the command now (logical error)",
}


@dataclass(frozen=True, slots=True)
class Reply:
    """One line: first token, status ('' where there is none), the rest without quotes, and the line itself."""

    token: str
    status: str
    arguments: tuple[str, ...]
    raw: str


def parse_reply(line: bytes) -> Reply:
    """Return a line as a value; `UnreadableReply` when it is not text of the protocol."""
    try:
        text = line.decode("latin-1" if b"\xb5" in line else "ascii").strip("\r\n")
    except UnicodeDecodeError as problem:
        raise UnreadableReply(f"sent bytes that are no text: {plain(line[:20])}") from problem
    if len(text) > LONGEST_LINE or not text.replace("\t", " ").isprintable() or text.count('"') % 2:
        raise UnreadableReply(f"sent a line that is not of the protocol: {plain(text, limit=40)}")
    tokens = _TOKEN.findall(text)
    if not tokens:
        raise UnreadableReply("sent an empty line")
    words = tuple(token.strip('"') for token in tokens[1:])
    has_status = len(tokens) > 1 and not tokens[1].startswith('"')
    return Reply(tokens[0], words[0] if has_status else "", words[1:] if has_status else words, text)


def error_in(reply: Reply) -> DeviceError | None:
    """Return the refusal a reply stands for, None when it is none."""
    if reply.token in _ERRORS:
        return DeviceSaysNo(_ERRORS[reply.token])
    if "Error" in reply.arguments:
        return DeviceSaysNo(f"reports a hardware fault: {plain(reply.raw)}: see the balance's manual")
    return {
        "+": OutOfRange("is overloaded: take something off"),
        "-": OutOfRange("is under its range: put the pan on, or tare again"),
        "L": DeviceSaysNo(f"refused a parameter: {plain(reply.raw)}"),
        "I": NotStable("found no stable value, or is busy: close the draught shield and try again"),
    }.get(reply.status)


def parse_weight(reply: Reply) -> Weight:
    """Return the weight in a reply such as `S S     100.00 g`; raise what the reply stands for when it has none."""
    error = error_in(reply)
    if error is not None:
        raise error
    if reply.status not in {"S", "D", "A"} or len(reply.arguments) != 2:
        raise UnreadableReply(f"sent no weight: {plain(reply.raw)}")
    value, unit = reply.arguments
    if not _NUMBER.match(value):
        raise UnreadableReply(f"sent a weight that is no number: {plain(value)}")
    if unit not in GRAMS:
        raise UnreadableReply(f"weighs in {plain(unit, limit=10)}: set the host unit to g")
    try:
        number = Decimal(value)
    except InvalidOperation as problem:
        raise UnreadableReply(f"sent a weight that is no number: {plain(value)}") from problem
    step = Decimal(1).scaleb(int(number.as_tuple().exponent))
    return Weight(
        mass_g=float(number * GRAMS[unit]),
        resolution_g=float(step * GRAMS[unit]),
        unit=unit,
        is_stable=reply.status != "D",
        raw=reply.raw,
    )


def quoted(text: str) -> str:
    """Return `text` as a string argument: one line, ASCII, no quotes, at most 40 characters."""
    clean = plain(text, limit=40).replace('"', "'").replace("…", ".")
    return '"' + clean.encode("ascii", "replace").decode("ascii") + '"'
