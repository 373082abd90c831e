"""What the page at the balance says: status, next step, what is done. Signs and words carry what colours do."""

from rich.text import Text

from nasicon_loop.core import plain
from nasicon_loop.lab import WeighStep
from nasicon_loop.tui.balance_link import AGAIN_S, BalanceView
from nasicon_loop.tui.keys import in_keys
from nasicon_loop.tui.themes import Palette

_SIGNS = {"missing": "+", "short": "+", "good": "✓", "over": "!"}
_TITLES = {"missing": "NOTHING YET", "short": "SHORT", "good": "GOOD", "over": "TOO MUCH"}
_WISHES = {
    "read": "Enter",
    "keep": "s",
    "rescue": "r",
    "accept": "a",
    "tare": "t",
}
_VESSEL = 2.0
"""Who sees this many times what was asked for has rather put a vessel on the pan."""
_LINE_SIGNS = {"missing": "○", "short": "▽", "good": "✓", "over": "△"}


def status_of(view: BalanceView) -> str:
    """Return missing, short, good or over: how the mass stands that the balance shows."""
    step = view.step
    if step is None:
        return "missing"
    if step.reading_g is not None and step.status == "short" and not step.lies_g and step.reading_g < step.tolerance_g:
        return "missing"
    return step.status


def style_of_mass(view: BalanceView, colours: Palette) -> str:
    """Return the colour of the large digits."""
    is_wrong = view.mode == "by hand" or (view.step is not None and view.step.trouble)
    return colours.bad if is_wrong and not view.is_typed else style_of(status_of(view), colours)


def style_of(status: str, colours: Palette) -> str:
    """Return the colour of a status."""
    return {"good": colours.good, "over": colours.bad, "short": colours.point}.get(status, colours.faint)


def number_of(view: BalanceView) -> tuple[str, str]:
    """Return the mass since the tare as the balance writes it, and the sign of how it stands."""
    step = view.step
    if view.mode == "done":
        return "", "✓" if view.progress is not None and not view.progress.missing else "…"
    if step is None:
        return "", "…"
    shown_g = step.lies_g if step.is_fixed else step.reading_g
    if shown_g is None:
        return "", "!" if step.trouble or view.mode == "by hand" else "…"
    n = decimals_of(step.resolution_g)
    return f"{round(shown_g, n) + 0.0:.{n}f}", _SIGNS[status_of(view)]  # no minus before nothing


def decimals_of(resolution_g: float) -> int:
    """Return how many digits a balance with that step shows behind the point."""
    return next((n for n in range(1, 7) if resolution_g >= 0.99 * 10.0**-n), 7)


def judged_text(view: BalanceView, colours: Palette) -> Text:
    """Return one line: the status in words, and whether the balance is at rest."""
    step = view.step
    if step is None:
        return Text("everything is weighed" if view.mode == "done" else "looking for the balance …", style="bold")
    status = status_of(view)
    text = Text(no_wrap=True, overflow="ellipsis")
    if step.reading_g is not None or step.is_fixed:
        text.append(f"{_SIGNS[status]} {_TITLES[status]}", style=f"bold {style_of(status, colours)}")
        text.append(f"  {plain(step.words, limit=200)}")
    if view.is_typed:
        text.append("  typed", style=f"bold {colours.doubt}")
    elif view.mode == "by hand":
        text.append("! NO BALANCE", style=f"bold {colours.bad}")
    elif step.trouble:
        text.append("! NO MASS", style=f"bold {colours.bad}")
    elif step.is_stable:
        text.append("  ● stable", style="bold")
    elif step.is_live:
        text.append("  ○ not stable", style=colours.doubt)
    return text


def what_text(view: BalanceView) -> Text:
    """Return which precursor this is and what is asked of it."""
    step, progress = view.step, view.progress
    if step is None:
        return Text("")
    lot = None if progress is None else progress.lots.get(step.formula)
    jar = f", jar {plain(lot, limit=40)}" if lot else ""
    there = f"   there {step.lies_g:.4f} g, add {step.add_g:.4f} g" if step.lies_g and not step.is_fixed else ""
    text = Text(f"{step.number} of {step.n_lines}  ", no_wrap=True, overflow="ellipsis")
    return text.append(plain(step.formula), style="bold reverse").append(f"  {plain(step.asked)}{jar}{there}")


def next_text(view: BalanceView) -> str:
    """Return what to do next, in one sentence or two."""
    step = view.step
    if view.mode == "done":
        missing = () if view.progress is None else view.progress.missing
        return f"Left out: {', '.join(missing)}. Key b goes on with it." if missing else "Enter goes back to the sheet."
    if step is None:
        return "The balance is asked who it is."
    if view.wish:
        return f"{_WISHES.get(view.wish, view.wish)} waits for a stable value: hands off, draught shield closed."
    if view.is_typed:
        return f"Typed. {_kept_by(step.status)} Enter forgets it."
    return _next_of(view, step)


def _next_of(view: BalanceView, step: WeighStep) -> str:
    if step.is_fixed:
        return "Kept. r weighs more of the others, so that the composition stays; a leaves it and writes it down."
    if view.mode == "by hand":
        return f"m types the mass. The balance is tried again every {AGAIN_S:g} s, and by Enter."
    if step.trouble:
        return "Nothing can be kept while the balance shows no mass; m types it."
    add = f"add {max(0.0, step.add_g - (step.reading_g or 0.0)):.{decimals_of(step.resolution_g)}f} g"
    if step.status == "over" and (step.reading_g or 0.0) > _VESSEL * step.target_g:
        return "Next: a vessel? t tares it. Else take some out; r and a keep it."
    return {
        "missing": f"Next: {add} of {step.formula}; Enter keeps it when good. New vessel: t.",
        "short": f"Next: {add} more; Enter keeps it when good, s as it is.",
        "good": "Next: Enter keeps it.",
        "over": "Next: take some out; or r keeps it and weighs more of the others, a keeps it and leaves it so.",
    }[status_of(view)]


def _kept_by(status: str) -> str:
    return "r or a keeps it, with more of the others or as it is." if status == "over" else "s keeps it as it is."


def minds_text(view: BalanceView, colours: Palette) -> Text:
    """Return what is wrong with the balance, what lies on the pan, and what to mind about the jar."""
    step = view.step
    trouble = view.trouble or ("" if step is None or not step.trouble else f"the balance {step.trouble}")
    text = Text()
    for words, style in (
        (trouble and in_keys(f"! {trouble}"), f"bold {colours.bad}"),
        ("" if step is None else step.caution and f"! {step.caution}", colours.doubt),
        *((f"! {warning}", colours.doubt) for warning in (() if step is None else step.warnings)),
    ):
        if words:
            text.append("\n" if text else "").append(plain(words, limit=300), style=style)
    return text


def done_text(view: BalanceView, colours: Palette, *, is_wide: bool) -> Text:
    """Return every precursor with what is kept of it: a line each where there is room, else one after the other."""
    text = Text()
    for line in () if view.progress is None else view.progress.lines:
        is_here = view.step is not None and view.step.formula == line.formula
        style = style_of(line.status, colours) if line.status != "missing" else ""
        kept = "" if line.actual_g is None else f"{line.actual_g:.4f} g"
        sign = _LINE_SIGNS[line.status]
        if is_wide:
            text.append("▶ " if is_here else "  ").append(f"{sign} {plain(line.formula):<16}", style=style)
            text.append(f"{kept or '-':>12}   of {plain(line.asked)}   {plain(line.words)}\n")
        else:
            item = f"{'▶' if is_here else ''}{sign} {plain(line.formula)}{' ' if kept else ''}{kept}"
            text.append(item.replace(" ", "\N{NO-BREAK SPACE}"), style=style).append("  ")
    return text
