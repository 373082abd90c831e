"""An analysis as plain values and back."""

import dataclasses
import math
from collections.abc import Mapping
from typing import Any

from nasicon_loop.core import Refusal, plain
from nasicon_loop.core.units import ZERO_CELSIUS_K
from nasicon_loop.eis.analysis import FIELDS, VERDICTS, Analysis, CandidateResult, CrossCheck, Gate, RandlesFit
from nasicon_loop.eis.geometry import Geometry
from nasicon_loop.eis.typed import check

_LISTS_OF = {"gates": Gate, "candidates": CandidateResult}
_ONE_OF = {"randles": RandlesFit, "cross_check": CrossCheck, "geometry": Geometry}


def _plain(value: Any) -> Any:
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {item.name: _plain(getattr(value, item.name)) for item in dataclasses.fields(value)}
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, (tuple, list)):
        return [_plain(item) for item in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value


def to_document(analysis: Analysis) -> dict[str, Any]:
    """Return the analysis as a dict of JSON-able values with `"schema": 1`."""
    return {"schema": 1, **{name: _plain(getattr(analysis, name)) for name in FIELDS}}


def _check_range(analysis: Analysis) -> None:
    if analysis.temperature_c is not None and not analysis.temperature_c > -ZERO_CELSIUS_K:
        raise ValueError("temperature_c is below absolute zero")
    if analysis.r_total_ohm is not None and not analysis.r_total_ohm > 0:
        raise ValueError("r_total_ohm is not positive")


def from_document(document: Mapping[str, Any]) -> Analysis:
    """Return the analysis written by `to_document`; unknown keys (of a later version) are left out.

    Raises Refusal when the document lacks a verdict or a part has the wrong shape.
    """
    if document.get("verdict") not in VERDICTS:
        raise Refusal("this is no analysis document: it has no verdict", "analysis")
    values = {name: document[name] for name in FIELDS if name in document}
    try:
        for name, kind in _LISTS_OF.items():
            values[name] = tuple(kind(**item) for item in values.get(name, ()))
        for name, kind in _ONE_OF.items():
            item = values.get(name)
            values[name] = None if item is None else kind(**item)
        for name in ("reasons", "notes", "masked", "left_out"):
            values[name] = tuple(values.get(name, ()))
        values["covariance"] = tuple(tuple(row) for row in values.get("covariance", ()))
        analysis = Analysis(**values)
        check(analysis)
        _check_range(analysis)
        return analysis
    except (TypeError, KeyError, ValueError) as error:
        raise Refusal(f"this analysis document is damaged: {plain(error)}", "analysis") from error
