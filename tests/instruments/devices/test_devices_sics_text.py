"""Lines of a balance as values: every number survives, and nothing that is not one is taken for one."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from instruments.devices import DeviceError, DeviceSaysNo, NotStable, OutOfRange, UnreadableReply
from instruments.devices.sics_text import GRAMS, parse_reply, parse_weight, quoted
from instruments.sim.mt_sics import weight_line

values = st.decimals(min_value=-99999, max_value=99999, allow_nan=False, allow_infinity=False, places=4)


@given(values, st.sampled_from(["g", "mg", "kg"]), st.sampled_from(["S", "D"]))
def test_what_is_formatted_is_parsed_again(value, unit, status):
    weight = parse_weight(parse_reply(weight_line("S", status, value, unit, 4)))
    assert weight.mass_g == float(value * GRAMS[unit])
    assert weight.is_stable == (status == "S")
    assert weight.unit == unit


@pytest.mark.parametrize(
    ("line", "mass_g", "resolution_g"),
    [
        (b"S S     100.00 g\r\n", 100.0, 0.01),
        (b"S S    -0.0003 g\r\n", -0.0003, 0.0001),
        (b"S D    3553.5 mg\r\n", 3.5535, 0.0001),
        (b"S S   0.00355 kg\r\n", 3.55, 0.01),
        (b"T S 10.0000 g\r\n", 10.0, 0.0001),
        (b"TA A 10.0000 g\r\n", 10.0, 0.0001),
        (b"S S \xb5 \r\n", None, None),
        (b"S S 12 \xb5g\r\n", 12e-6, 1e-6),
    ],
)
def test_weights_with_sign_decimals_and_units(line, mass_g, resolution_g):
    if mass_g is None:
        with pytest.raises(UnreadableReply):
            parse_weight(parse_reply(line))
        return
    weight = parse_weight(parse_reply(line))
    assert weight.mass_g == pytest.approx(mass_g, rel=1e-12)
    assert weight.resolution_g == pytest.approx(resolution_g, rel=1e-12)


@pytest.mark.parametrize(
    ("line", "error"),
    [
        (b"S +\r\n", OutOfRange),
        (b"S -\r\n", OutOfRange),
        (b"S I\r\n", NotStable),
        (b"S L\r\n", DeviceSaysNo),
        (b"ES\r\n", DeviceSaysNo),
        (b"ET\r\n", DeviceSaysNo),
        (b"EL\r\n", DeviceSaysNo),
        (b"S S Error 10b\r\n", DeviceSaysNo),
        (b"S S 12.5 lb\r\n", UnreadableReply),
        (b"S S 12,5 g\r\n", UnreadableReply),
        (b"S S nan g\r\n", UnreadableReply),
        (b"S S 1e9 g\r\n", UnreadableReply),
        (b"S S 12.5\r\n", UnreadableReply),
        (b"S A\r\n", UnreadableReply),
        (b"\r\n", UnreadableReply),
        (b"S S 1.\x001 g\r\n", UnreadableReply),
        (b'I4 A "B12\r\n', UnreadableReply),
        (b"\xff\xfe\r\n", UnreadableReply),
    ],
)
def test_errors_and_nonsense_are_refused_with_a_sentence(line, error):
    with pytest.raises(error) as caught:
        parse_weight(parse_reply(line))
    assert caught.value.reason
    assert str(caught.value).isprintable()


@given(st.binary(max_size=300))
def test_no_bytes_whatsoever_give_anything_but_a_weight_or_a_refusal(line):
    try:
        weight = parse_weight(parse_reply(line))
    except DeviceError:
        return
    assert Decimal(weight.resolution_g) > 0


@given(st.text(alphabet='SDIAT+- .0123456789gmk"', max_size=40))
def test_near_misses_do_not_either(text):
    try:
        parse_weight(parse_reply(text.encode("ascii")))
    except DeviceError:
        return


@given(st.text(max_size=80))
def test_a_text_for_the_display_cannot_end_the_string(text):
    argument = quoted(text)
    assert argument.count('"') == 2
    assert argument.isprintable()
    assert argument.isascii()
    assert len(argument) <= 42
