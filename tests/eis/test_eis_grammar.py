"""The circuit language: what is in it, what is refused, and that nothing else reaches the evaluating package."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nasicon_loop.eis import Circuit, CircuitError, parse
from nasicon_loop.eis.grammar import elements

GOOD = {
    "R0": ["R0"],
    "R0-p(R1,CPE1)-CPE2": ["R0", "R1", "CPE1_0", "CPE1_1", "CPE2_0", "CPE2_1"],
    " R0 - p( R1 , C1-W2 ) ": ["R0", "R1", "C1", "W2"],
    "p(R1,p(C1,R2-L3),Ws4)": ["R1", "C1", "R2", "L3", "Ws4_0", "Ws4_1"],
}
BAD = (
    "",
    "   ",
    "R0-",
    "-R0",
    "R0--R1",
    "p(R1)",
    "p(R1,C1",
    "p(R1,C1))",
    "R0-R0",
    "Q1-R0",
    "R",
    "s(R0,R1)",
    "R0;import os",
    "__import__('os').system('true')",
    "R0-p(R1,C1)*2",
    "R0\x00",
    "p(" * 40 + "R0",
    "R0-" * 200 + "R1",
)


@pytest.mark.parametrize("text", GOOD)
def test_good_circuits_have_their_parameters_in_order(text: str) -> None:
    assert list(Circuit.compile(text).names) == GOOD[text]


@pytest.mark.parametrize("text", BAD)
def test_anything_else_is_refused_in_one_line(text: str) -> None:
    with pytest.raises(CircuitError) as caught:
        Circuit.compile(text)
    assert "\n" not in str(caught.value)


def test_names_and_units_are_those_of_impedance() -> None:
    from impedance.models.circuits import CustomCircuit

    text = "L0-R0-p(R1,CPE1)-p(C2,R2-W2)-Zarc3-TLMQ4-T5-Gs6-Wo7-La8-G9-K10"
    ours = Circuit.compile(text)
    names, units = CustomCircuit(text, initial_guess=[1.0] * ours.n_parameters).get_param_names()
    assert (list(ours.names), list(ours.units)) == (names, units)


@given(st.text(alphabet="RCLWp(),-0123 CPEs_.x*", max_size=40))
def test_no_text_gets_past_except_by_the_grammar(text: str) -> None:
    try:
        tree = parse(text)
    except CircuitError:
        return
    allowed = set(string.ascii_letters + string.digits)
    assert all(set(element.name) <= allowed for element in elements(tree))
