"""A file that holds no impedance says what it is; a broken sweep is not called a polarisation."""

from nasicon_loop.lab.dc_files import with_dc_hint

HEADING = "Time (s),Current (A),Frequency (Hz)\n"
AT_REST = "".join(f"{k},1e-6,0\n" for k in range(20))
SWEEP = "".join(f"{20 + k},1e-6,{10 ** (5 - k)}\n" for k in range(5))


def test_current_against_time_is_told_where_it_is_read() -> None:
    assert with_dc_hint("no impedance", (HEADING + AT_REST).encode()).endswith("`nasicon polarisation FILE`")


def test_a_sweep_with_steps_at_rest_keeps_its_own_reason() -> None:
    assert with_dc_hint("was edited", (HEADING + AT_REST + SWEEP).encode()) == "was edited"
