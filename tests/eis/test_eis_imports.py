"""Importing the room costs nothing, and analysing needs neither impedance nor anything that draws."""

import subprocess
import sys

HEAVY = ("impedance", "matplotlib", "pandas", "torch", "pymatgen", "sklearn", "sqlmodel", "altair", "scipy")


def loaded_after(code: str) -> set[str]:
    """Names of modules loaded by a fresh interpreter that ran this code."""
    shown = subprocess.run(
        [sys.executable, "-c", f"{code}\nimport sys\nprint('\\n'.join(sys.modules))"],
        capture_output=True,
        text=True,
        check=True,
    )
    return set(shown.stdout.split())


def test_the_package_alone_imports_nothing_heavy() -> None:
    loaded = loaded_after("import nasicon_loop.eis")
    assert not loaded & {*HEAVY, "numpy"}


def test_an_analysis_needs_numpy_only() -> None:
    loaded = loaded_after(
        "from nasicon_loop.eis import analyse, paper_spectrum\n"
        "assert analyse(paper_spectrum(30, 35).spectrum).r_total_ohm"
    )
    assert not loaded & set(HEAVY)
