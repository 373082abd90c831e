"""Genuine spectra, told nothing: pellets with published fits, and dummy cells with resistors of known size."""

from benchmarks.eis_sets import SHARED
from instruments import read
from nasicon_loop.eis import analyse

PUBLISHED = {"140": 2.158e6, "160": 7.468e5, "180": 2.828e5, "200": 1.175e5}
"""Sums of the two resistances published with the spectra of the solid ion conductor s04147, in ohm, by °C."""
DUMMY_CELLS = {"1": (29.1, 46.7), "2": (150.0, 502.0)}
"""Resistors of the cells, in ohm."""


def run() -> str:
    """Return the section on genuine spectra as Markdown."""
    folder = SHARED / "data" / "eis"
    head = ["## Impedance: genuine spectra", ""]
    if not folder.is_dir():
        return "\n".join([*head, f"They are not at {folder} (set NASICON_SHARED): nothing is shown."])
    lines = ["| spectrum | known, ohm | found, ohm | off | limit | met | verdict |", "|---|---|---|---|---|---|---|"]
    for temperature, known in PUBLISHED.items():
        analysis = analyse(read(folder / "pellets" / f"s04147-{temperature}deg.txt")[0])
        lines.append(_row(f"s04147, {temperature} °C", known, analysis.r_total_ohm, 0.01, analysis.verdict))
    for number, parts in DUMMY_CELLS.items():
        analysis = analyse(read(folder / "dummy_cells" / f"Circuit{number}_EIS_1.z")[0])
        name = f"dummy cell {number}"
        lines.append(_row(f"{name}, sum", sum(parts), analysis.r_total_ohm, 0.005, analysis.verdict))
        found = sorted(value for key, value in analysis.parameters.items() if key.startswith("R"))
        for part, value in zip(parts, found, strict=False):
            lines.append(_row(f"{name}, one", part, value, 0.02, analysis.verdict))
    return "\n".join([*head, *lines])


def _row(name: str, known: float, found: float | None, limit: float, verdict: str) -> str:
    if found is None:
        return f"| {name} | {known:.5g} | none | | {limit:.1%} | **no** | {verdict} |"
    off = found / known - 1.0
    met = "yes" if abs(off) <= limit else "**no**"
    return f"| {name} | {known:.5g} | {found:.5g} | {off:+.2%} | {limit:.1%} | {met} | {verdict} |"


if __name__ == "__main__":
    print(run())
