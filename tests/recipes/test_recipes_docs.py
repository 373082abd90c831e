"""The documentation's examples are true."""

import doctest
from pathlib import Path

DOCS = Path(__file__).resolve().parents[2] / "docs"


def test_examples_of_the_recipes_page() -> None:
    result = doctest.testfile(str(DOCS / "recipes.md"), module_relative=False, optionflags=doctest.ELLIPSIS)
    assert result.failed == 0
    assert result.attempted > 10
