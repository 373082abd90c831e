"""One look for all pictures: colours that colour-blind eyes can tell apart, no mathtext from foreign text."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from nasicon_loop.core import Refusal, refuse_as_target, written_whole
from nasicon_loop.report.ticks import decade_text

# Okabe & Ito (2008), "Color Universal Design"
BLUE, ORANGE, GREEN, RED, BLACK, GREY = "#0072B2", "#E69F00", "#009E73", "#D55E00", "#222222", "#8A8A8A"
VERDICT_STYLE = {
    "accepted": (GREEN, "o"),
    "review": (ORANGE, "^"),
    "rejected": (RED, "X"),
}
_SUFFIXES = (".png", ".svg")
_DPI = 150

_STYLE: dict[str, Any] = {
    "font.family": "DejaVu Sans",  # comes with matplotlib, has all signs that we print
    "font.size": 10.0,
    "axes.titlesize": 11.0,
    "axes.labelsize": 10.5,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.axisbelow": True,
    "grid.color": "#E3E3E3",
    "grid.linewidth": 0.7,
    "legend.frameon": False,
    "legend.fontsize": 9.0,
    "hatch.linewidth": 0.7,
    "text.parse_math": False,  # a label with a dollar sign is a label
    "svg.hashsalt": "nasicon_loop",
    "svg.fonttype": "path",
    "savefig.facecolor": "white",
}


def power_of_ten(value: float, _position: int | None = None) -> str:
    """Return a tick text: 0.001 gives '10⁻³'; empty between decades."""
    from math import isclose, log10

    if value <= 0:
        return ""
    exponent = round(log10(value))
    return decade_text(exponent) if isclose(value, 10.0**exponent, rel_tol=1e-6) else ""


def decade_axis(axis: Any) -> None:
    """Label a log axis by our own formatter at decades, and leave minor ticks bare."""
    from matplotlib.ticker import FuncFormatter, NullFormatter

    axis.set_major_formatter(FuncFormatter(power_of_ten))
    axis.set_minor_formatter(NullFormatter())


def refuse_picture(path: Path) -> None:
    """Refuse a place that no picture can have: another suffix, a folder, a pipe; for asking before long work."""
    if path.suffix.lower() not in _SUFFIXES:
        raise Refusal(f"pictures are {' or '.join(_SUFFIXES)}", path)
    refuse_as_target(path)


@contextmanager
def figure(path: Path, width_in: float, height_in: float, *, is_placed: bool = False) -> Iterator[Any]:
    """Give a matplotlib Figure and write it to `path` (PNG or SVG by suffix) at the end.

    Raises Refusal, before anything is drawn, for other suffixes and for what cannot be a file (`refuse_picture`), and
    at the end where it cannot be written.
    `is_placed` says that the caller gives every axes its place; else they are laid out.
    No pyplot: no display, no global state, nothing to close. The user's own matplotlibrc has no say.
    """
    refuse_picture(path)
    import matplotlib as mpl
    from matplotlib import style
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    with mpl.rc_context(), style.context(["default", _STYLE]):
        drawing = Figure(figsize=(width_in, height_in), layout=None if is_placed else "constrained")
        FigureCanvasAgg(drawing)
        yield drawing
        metadata = {"Date": None} if path.suffix.lower() == ".svg" else {"Software": "nasicon_loop"}
        with written_whole(path, make_parents=True) as draft:
            drawing.savefig(draft, dpi=_DPI, metadata=metadata)
