"""Our result as an ordinary object of the `impedance` package."""

import math
from typing import TYPE_CHECKING

import numpy as np

from nasicon_loop.core import Refusal
from nasicon_loop.eis.circuit import Circuit

if TYPE_CHECKING:
    from impedance.models.circuits import CustomCircuit

    from nasicon_loop.eis.analysis import Analysis


def custom_circuit(analysis: "Analysis") -> "CustomCircuit":
    """Return a fitted CustomCircuit: `parameters_`, and `conf_` as one standard deviation (NaN where none is known).

    Raises Refusal where the analysis has no circuit or its string is outside our grammar.
    """
    if analysis.circuit_string is None:
        raise Refusal("this analysis has no circuit: " + "; ".join(analysis.reasons), "analysis")
    text = "".join(analysis.circuit_string.split())  # our grammar allows spaces, theirs does not
    compiled = Circuit.compile(text)
    values = [math.nan if value is None else float(value) for value in analysis.parameters.values()]
    if len(values) != compiled.n_parameters:
        raise Refusal(f"{text} has {compiled.n_parameters} parameters, not {len(values)}", "analysis")
    from impedance.models.circuits import CustomCircuit

    sd = [analysis.parameter_sd.get(name) for name in analysis.parameters]
    circuit = CustomCircuit(text, initial_guess=values)
    circuit.parameters_ = np.array(values)
    circuit.conf_ = np.array([math.nan if value is None else value for value in sd])
    return circuit
