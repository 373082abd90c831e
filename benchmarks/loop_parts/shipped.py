"""The shipped literature as the frozen twin knows it: line by line, nothing put together."""

import csv
import math
from importlib.resources import files

from nasicon_loop.predict import Row

LITERATURE_SD = 0.2


def literature_rows() -> list[Row]:
    """Return the shipped rows near 25 °C that are fit for learning (total, bulk or unstated kind)."""
    text = files("nasicon_loop.lab").joinpath("data/literature.csv").read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    return [
        Row(
            row_id=f"lit-{i}",
            formula=line["formula"],
            log10_sigma=math.log10(float(line["sigma_s_cm"])),
            log10_sigma_sd=LITERATURE_SD,
            temperature_c=float(line["temperature_c"]),
            kind=line["kind"],  # type: ignore[arg-type]
            source=line["source"],
            origin="literature",
        )
        for i, line in enumerate(csv.DictReader(lines))
        if line["usable"] == "yes" and line["kind"] in ("total", "bulk", "unknown")
    ]
