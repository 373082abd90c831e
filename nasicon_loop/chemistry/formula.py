"""Chemical formulas as text: reading them exactly, writing them canonically."""

import re
from collections.abc import Iterable
from fractions import Fraction

from nasicon_loop.chemistry.errors import FormulaError
from nasicon_loop.chemistry.periodic_table import elements
from nasicon_loop.core import plain

MAX_LENGTH = 200
MAX_DEPTH = 4
MAX_AMOUNT = 100_000
_NUMBER = re.compile(r"\d{1,6}(?:\.\d{1,12})?(?:/\d{1,6})?|\.\d{1,12}")
_SYMBOL = re.compile(r"[A-Z][a-z]?")
_DIGITS = re.compile(r"[\d.]*")
_SUBSCRIPTS = str.maketrans("₀₁₂₃₄₅₆₇₈₉[]", "0123456789()")
_PARTS = re.compile(r"[·•]")  # hydrates: Na3PO4·12H2O

Amounts = dict[str, Fraction]


def read_formula(text: str) -> Amounts:
    """Return the exact amounts in a formula such as `Na3.4Zr1.8Mg0.2(SiO4)2(PO4)` or `Na3PO4·12H2O`.

    Numbers are decimals or quotients (`Nd0.8/3`). Elements with amount zero are left out. Raises FormulaError for an
    empty or overlong text, an unknown element, anything that is not a formula, and amounts above 100 000.
    """
    if len(text) > MAX_LENGTH:
        raise FormulaError(f"a formula has at most {MAX_LENGTH} characters, this one has {len(text)}")
    total: Amounts = {}
    for part in _PARTS.split(text.translate(_SUBSCRIPTS)):
        _add(total, _Reader(part, shown=text).read(), Fraction(1))
    amounts = {symbol: amount for symbol, amount in total.items() if amount}
    if not amounts:
        raise FormulaError("the formula is empty", plain(text) or None)
    if max(amounts.values()) > MAX_AMOUNT:
        raise FormulaError(f"an amount is above {MAX_AMOUNT}", plain(text))
    return amounts


class _Reader:
    """One pass from left to right; `shown` is the whole text, for messages."""

    def __init__(self, text: str, shown: str) -> None:
        self.text = text.strip()
        self.shown = shown
        self.at = 0

    def read(self) -> Amounts:
        factor = self._number() if self.text[:1].isdigit() else Fraction(1)  # the 12 of ·12H2O
        amounts = self._group(depth=0)
        if self.at < len(self.text):
            raise self._error(f"{plain(self.text[self.at])!r} does not belong in a formula")
        return {symbol: amount * factor for symbol, amount in amounts.items()}

    def _group(self, depth: int) -> Amounts:
        if depth > MAX_DEPTH:
            raise self._error(f"parentheses go more than {MAX_DEPTH} deep")
        amounts: Amounts = {}
        while self.at < len(self.text):
            char = self.text[self.at]
            if char == "(":
                self.at += 1
                inner = self._group(depth + 1)
                if self.text[self.at : self.at + 1] != ")":
                    raise self._error("a parenthesis is not closed")
                self.at += 1
                _add(amounts, inner, self._number())
            elif char == " ":
                self.at += 1
            elif match := _SYMBOL.match(self.text, self.at):
                symbol = self._symbol(match.group())
                _add(amounts, {symbol: Fraction(1)}, self._number())
            else:
                break
        return amounts

    def _symbol(self, symbol: str) -> str:
        if symbol not in elements():
            raise self._error(f"unknown element {symbol!r}")
        self.at += len(symbol)
        return symbol

    def _number(self) -> Fraction:
        match = _NUMBER.match(self.text, self.at)
        digits = _DIGITS.match(self.text, self.at)
        if match is None:
            return Fraction(1)
        if digits is not None and digits.end() > match.end():
            raise self._error(f"the number {plain(digits.group(), limit=40)!r} is malformed or has too many digits")
        self.at = match.end()
        top, _, bottom = match.group().partition("/")
        if bottom and not int(bottom):
            raise self._error("a division by zero")
        return Fraction(top) / int(bottom or 1)

    def _error(self, reason: str) -> FormulaError:
        return FormulaError(reason, plain(self.shown))


def _add(total: Amounts, part: Amounts, factor: Fraction) -> None:
    for symbol, amount in part.items():
        total[symbol] = total.get(symbol, Fraction(0)) + amount * factor


def write_formula(amounts: Iterable[tuple[str, Fraction]]) -> str:
    """Return amounts as text that `read_formula` turns into exactly the same amounts."""
    return "".join(symbol + write_number(amount) for symbol, amount in amounts)


def write_number(amount: Fraction) -> str:
    """Return an amount as in a formula: nothing for 1, a decimal where it is exact and short, else a quotient."""
    if amount == 1:
        return ""
    for n_decimals in range(13):
        scaled = amount * 10**n_decimals
        if scaled.denominator == 1:
            digits = str(scaled.numerator).rjust(n_decimals + 1, "0")
            return digits if not n_decimals else f"{digits[:-n_decimals]}.{digits[-n_decimals:]}"
    return f"{amount.numerator}/{amount.denominator}"
