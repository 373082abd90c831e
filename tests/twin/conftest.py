"""Published rows as the twin takes them: from the table that is shipped."""

import math

import pytest

from nasicon_loop.lab.tables import read_literature
from nasicon_loop.twin import Report


@pytest.fixture(scope="session")
def reports():
    return tuple(
        Report(row.formula, math.log10(row.sigma_s_cm), row.source)
        for row in read_literature()
        if row.is_usable
        and row.mobile_ion == "Na"
        and row.kind in ("total", "unknown")
        and 15 <= row.temperature_c <= 35
    )
