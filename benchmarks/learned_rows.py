"""The rows that a lab learns from, by the product's own import: what is shipped, and tables that the environment names.

`NASICON_LITERATURE_TABLE` names a table of conductivities to import beside the shipped one, `NASICON_STABILITY_TABLE`
one of energies above hull (columns formula, e_hull_meV_atom).
"""

import os
import tempfile
from functools import cache
from pathlib import Path

from nasicon_loop.lab import create_lab, import_data, opened
from nasicon_loop.lab.learning import stability_rows, training_rows
from nasicon_loop.predict import Row, StabilityRow

TABLES = ("NASICON_LITERATURE_TABLE", "NASICON_STABILITY_TABLE")


@cache
def learned_rows() -> tuple[tuple[Row, ...], tuple[StabilityRow, ...]]:
    """Return conductivities and energies above hull of a lab that imported all there is."""
    with tempfile.TemporaryDirectory() as folder:
        made = create_lab(Path(folder) / "lab")
        with opened(made.folder, who="bench") as lab:
            for table in TABLES:
                if place := os.environ.get(table):
                    import_data(lab, Path(place))
            return tuple(training_rows(lab)[0]), tuple(stability_rows(lab))
