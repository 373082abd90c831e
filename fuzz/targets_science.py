"""Ways in through formulas, crystals, circuits, stored analyses and weights."""

import json
import shutil
import tempfile
from collections.abc import Callable
from fractions import Fraction
from functools import lru_cache
from hashlib import sha256
from pathlib import Path

import numpy as np

Run = Callable[[bytes], None]
_MAX_EVALUATED = 12


def formulas() -> list[bytes]:
    """Return formulas in all spellings."""
    texts = [
        "Na3Zr2Si2PO12",
        "Na3.4Zr1.8Mg0.2Si2PO12",
        "Na3Zr2(SiO4)2(PO4)",
        "Na3PO4·12H2O",
        "Nd0.8/3O",
        "Na₃Zr₂Si₂PO₁₂",
    ]
    return [text.encode() for text in texts]


def formula() -> Run:
    """Parse, write, parse again; charge, sites, cell."""
    from nasicon_loop.chemistry import Composition, FormulaError, cell

    def run(data: bytes) -> None:
        composition = Composition.parse(data.decode("utf-8", "replace"))
        assert Composition.parse(composition.formula) == composition, composition.formula
        try:
            composition.sites()
        except FormulaError:
            return
        composition.charge()
        composition.normalised()
        assert np.isfinite(composition.molar_mass_g_mol)
        cell(composition)

    return run


def cifs() -> list[bytes]:
    """Return CIFs of both prototypes."""
    from nasicon_loop.chemistry import Composition, cif

    doped = Composition.parse("Na3.4Zr1.8Mg0.2Si2PO12")
    return [cif(Composition.parse("Na3Zr2Si2PO12"), "C2/c").encode(), cif(doped, "R-3c").encode()]


def cif_text() -> Run:
    """From the text of a CIF to a composition."""
    from nasicon_loop.chemistry import composition_of_cif

    def run(data: bytes) -> None:
        composition_of_cif(data.decode("utf-8", "replace"), "fuzz.cif").sites()

    return run


def circuits() -> list[bytes]:
    """Return circuit strings."""
    return [b"R0-p(R1,CPE1)-CPE2", b"R0-p(C1,R1-W1)", b"L0-R0-p(R1,C1)-p(R2,Zarc2)", b"p(R1,p(R2,C2)-Ws3)"]


def circuit() -> Run:
    """Parse; compile and evaluate what is short."""
    from nasicon_loop.eis.circuit import Circuit
    from nasicon_loop.eis.grammar import elements, parse

    frequency_hz = np.logspace(5, 0, 5)

    def run(data: bytes) -> None:
        text = data.decode("utf-8", "replace")
        names = [element.name for element in elements(parse(text))]
        assert len(set(names)) == len(names)
        assert all(name.isascii() and name.isalnum() for name in names), names
        compiled = Circuit.compile(text)
        if compiled.n_parameters <= _MAX_EVALUATED:
            with np.errstate(all="ignore"):
                z = compiled.impedance(frequency_hz, np.full(compiled.n_parameters, 0.5))
            assert z.shape == (5,)

    return run


@lru_cache(maxsize=1)
def analyses() -> list[bytes]:
    """Return a stored analysis."""
    from nasicon_loop.eis import analyse, paper_spectrum

    document = analyse(paper_spectrum(30.31, 35.35, seed=1).spectrum).to_dict()
    return [json.dumps(document | {"covariance": [], "candidates": document["candidates"][:1]}).encode()]


def analysis() -> Run:
    """A stored analysis of another version or a damaged one."""
    from nasicon_loop.eis import Analysis

    def run(data: bytes) -> None:
        try:
            document = json.loads(data)
        except (ValueError, RecursionError):
            return
        if isinstance(document, dict):
            Analysis.from_dict(document).to_dict()

    return run


def changed_analysis() -> Run:
    """A stored analysis with values of other types and sizes; what can be read is used."""
    from fuzz.patches import patched
    from nasicon_loop.core import Refusal
    from nasicon_loop.eis import Analysis, Geometry

    (text,) = analyses()
    document = json.loads(text)
    frequency_hz = np.logspace(3, 0, 4)

    def run(data: bytes) -> None:
        value = Analysis.from_dict(patched(document, data))
        value.to_dict()
        for use in (lambda: value.impedance_at(frequency_hz), lambda: value.with_geometry(Geometry(0.1, 1.0))):
            try:
                with np.errstate(all="ignore"):
                    use()
            except Refusal:
                continue

    return run


def patches() -> list[bytes]:
    """Return some choices."""
    return [bytes([k, 1, k * 7 % 256, k * 13 % 256, 2, 5, k]) for k in range(0, 60, 4)]


@lru_cache(maxsize=1)
def _model() -> tuple[bytes, bytes]:
    """Return manifest and weights of a model of a few numbers, trained once."""
    from dataclasses import replace

    from nasicon_loop.chemistry import dope
    from nasicon_loop.predict import Row, Settings, train

    compositions = [dope(dopant, amount) for dopant in ("Mg", "Sc", "Zn") for amount in _amounts()]
    rows = [
        Row(f"lit-{k}", one.formula, -3.0 - 0.1 * k, 0.1, 25.0, "total", f"paper {k}", "literature")
        for k, one in enumerate(compositions)
    ]
    tiny = replace(
        Settings.default(), preset="tiny", n_members=1, n_trunks=1, n_epochs=1, n_pretraining_epochs=1, n_trees=2,
        channels=(1, 1, 1), hidden=(2, 2, 2, 2, 2, 2), n_folds=2, n_bins=4,
    )  # fmt: skip
    folder = Path(tempfile.mkdtemp(prefix="nasicon-fuzz-"))
    try:
        train(rows, folder / "m", settings=tiny)
        return (folder / "m" / "manifest.json").read_bytes(), (folder / "m" / "weights.safetensors").read_bytes()
    finally:
        shutil.rmtree(folder)


def _amounts() -> list[Fraction]:
    return [Fraction(k, 20) for k in (1, 2, 3, 4)]


def manifests() -> list[bytes]:
    """Return the manifest of a model; without what is long in it."""
    document = json.loads(_model()[0])
    return [json.dumps(document | {"metrics": {}, "versions": {}}).encode()]


def weight_files() -> list[bytes]:
    """Return a small file of weights."""
    from safetensors.numpy import save

    return [save({"a": np.zeros(2), "b": np.ones((1, 2), np.float32)}), _model()[1][:4096]]


def manifest() -> Run:
    """A manifest that anybody could have written beside genuine weights."""
    from nasicon_loop.predict import load

    _, payload = _model()
    folder = Path(tempfile.mkdtemp(prefix="nasicon-fuzz-", dir=_memory()))
    (folder / "weights.safetensors").write_bytes(payload)
    digest = sha256(payload).hexdigest()

    def run(data: bytes) -> None:
        (folder / "manifest.json").write_bytes(data)
        try:
            document = json.loads(data)
        except (ValueError, RecursionError):
            document = None
        if isinstance(document, dict):  # whoever changes a manifest can also write the right hash
            document["weights_sha256"] = digest
            (folder / "manifest.json").write_text(json.dumps(document), encoding="utf-8")
        load(folder)

    return run


def changed_manifest() -> Run:
    """A manifest with values of other types and sizes beside genuine weights."""
    from fuzz.patches import patched
    from nasicon_loop.predict import load

    text, payload = _model()
    document = json.loads(text)
    folder = Path(tempfile.mkdtemp(prefix="nasicon-fuzz-", dir=_memory()))
    (folder / "weights.safetensors").write_bytes(payload)

    def run(data: bytes) -> None:
        changed = patched(document, data)
        changed["weights_sha256"] = sha256(payload).hexdigest()
        (folder / "manifest.json").write_text(json.dumps(changed), encoding="utf-8")
        load(folder).predict(["Na3Zr2Si2PO12"])

    return run


def weights() -> Run:
    """Weights that anybody could have written, with a manifest that fits them."""
    from nasicon_loop.predict import load

    document = json.loads(_model()[0])
    folder = Path(tempfile.mkdtemp(prefix="nasicon-fuzz-", dir=_memory()))

    def run(data: bytes) -> None:
        (folder / "weights.safetensors").write_bytes(data)
        document["weights_sha256"] = sha256(data).hexdigest()
        (folder / "manifest.json").write_text(json.dumps(document), encoding="utf-8")
        load(folder)

    return run


def _memory() -> str | None:
    """Return a folder in memory where there is one: thousands of small files a second."""
    return "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108 - mkdtemp makes a private folder in it
