"""What is fuzzed: one target per way in. `run(data)` returns when the input was taken or refused in an orderly way.

A refusal (`core.Refusal`) is the answer that a bad input deserves; every other exception is a finding, and so is a
value that breaks a promise (an array with a NaN, text with a control character in the metadata).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from fuzz import samples, targets_lab, targets_readers, targets_science, targets_serial
from nasicon_loop.core import Refusal


@dataclass(frozen=True, slots=True)
class Target:
    """A way in. `make()` prepares once and returns `run`; `seeds()` are good inputs; `words` help the mutator."""

    name: str
    make: Callable[[], Callable[[bytes], None]]
    seeds: Callable[[], Sequence[bytes]]
    words: tuple[str, ...] = ()
    max_bytes: int = 4096
    share: float = 1.0


_EIS_WORDS = (
    "Frequency (Hz)",
    "Z' (Ohm)",
    "-Z'' (Ohm)",
    "|Z|",
    "Phase (deg)",
    "1e309",
    "nan",
    "-inf",
    "1,5",
    "\t",
    ";",
)
_TARGETS = (
    *(
        Target(f"reader_{name}", targets_readers.reader(name), seeds, _EIS_WORDS, share=0.5 if name == "xlsx" else 1.0)
        for name, seeds in samples.FILES.items()
    ),
    Target(
        "read_bytes", targets_readers.any_file, lambda: [x for f in samples.FILES.values() for x in f()], _EIS_WORDS
    ),
    Target("xlsx_sheet", targets_readers.worksheet, samples.sheets, ("<row>", "<c>", "<v>", 't="d"', 'r="XFD1048576"')),
    Target(
        "run_folder", targets_readers.run_settings, samples.xm_settings, ("<!DOCTYPE", "<!ENTITY", 'Value="', "<a>")
    ),
    Target("dc_trace", targets_readers.dc_trace, samples.dc, ("Time (s)", "I/mA", "<I>/A", "Frequency")),
    Target("formula", targets_science.formula, targets_science.formulas, ("Na", "Zr", "·", "(", ")", "/", "₂", "0.0")),
    Target("cif", targets_science.cif_text, targets_science.cifs, ("_atom_site_occupancy", "loop_", "x,y,z"), 8192),
    Target("circuit", targets_science.circuit, targets_science.circuits, ("p(", "CPE", "Zarc", "Ws", "__", "-")),
    Target("analysis", targets_science.analysis, targets_science.analyses, ("null", "1e999", '"verdict"', "NaN"), 8192),
    Target("analysis_values", targets_science.changed_analysis, targets_science.patches, (), 64),
    Target("manifest_values", targets_science.changed_manifest, targets_science.patches, (), 64),
    Target("weights_manifest", targets_science.manifest, targets_science.manifests, ('"n_members"', "1e9", "[]"), 8192),
    Target(
        "weights", targets_science.weights, targets_science.weight_files, ("F64", "data_offsets", "shape"), 8192, 0.5
    ),
    Target(
        "lab_toml", targets_lab.settings, targets_lab.tomls, ("[fit]", "= [", "[[", "'''", "inf", "nan", "1979-05-27")
    ),
    Target("protocol_toml", targets_lab.protocol, targets_lab.protocols, ("[[step]]", "kind =", "schema = 1", "nan")),
    Target("file_name", targets_lab.file_name, targets_lab.names, ("NL-0001", "-P2", "25C", "T=", "\u202e", "K")),
    Target("table", targets_lab.table, targets_lab.tables, ("sigma_s_cm", "temperature_c", "formula", '"', "mS/cm")),
    Target("mt_sics_line", targets_serial.sics_line, targets_serial.sics_lines, ("S S", " g", '"', "ES", "+", "µg")),
    Target("mt_sics_balance", targets_serial.balance, targets_serial.conversations, ("\r\n", "I4 A", "S S ", "TA A")),
    Target("modbus_rtu", targets_serial.modbus_rtu, targets_serial.rtu_frames, ("\x01\x03", "\x01\x83", "\x01\x04")),
    Target("modbus_tcp", targets_serial.modbus_tcp, targets_serial.tcp_frames, ("\x00\x01\x00\x00", "\x03\x02")),
    Target("furnace_registers", targets_serial.furnace, targets_serial.registers, ()),
)
TARGETS = {target.name: target for target in _TARGETS}


def attempt(run: Callable[[bytes], None], data: bytes) -> None:
    """Run one input; a Refusal is fine, as long as it is one line without control characters."""
    try:
        run(data)
    except Refusal as refusal:
        text = str(refusal)
        if not refusal.reason or not targets_readers.is_harmless(text):
            raise AssertionError(f"the refusal is not one printable line: {text!r}") from refusal
