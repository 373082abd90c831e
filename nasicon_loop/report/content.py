"""What the report says, section by section, as plain text: page and PDF draw the same, and neither interprets it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from nasicon_loop.core import plain, utc_iso
from nasicon_loop.report.values import CampaignReport, Picture, SampleRow, SpectrumView

CellKind = Literal["text", "code", "number", "verdict"]
_MAX_TEXT = 400
_N_BEST = 5
VERDICTS = ("accepted", "review", "rejected", "retracted")


@dataclass(frozen=True, slots=True)
class Lines:
    """Sentences, each a point of a list, or quiet remarks."""

    lines: tuple[str, ...]
    is_quiet: bool = False


@dataclass(frozen=True, slots=True)
class Grid:
    """A table: headings with the kind of their column, and rows of text; a line end in a cell begins a new line."""

    columns: tuple[tuple[str, CellKind], ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Figures:
    """Pictures below each other, or side by side."""

    pictures: tuple[Picture, ...]
    is_gallery: bool = False


@dataclass(frozen=True, slots=True)
class Thumbnails:
    """Spectra drawn small, with their captions."""

    views: tuple[SpectrumView, ...]


Block = Lines | Grid | Figures | Thumbnails


@dataclass(frozen=True, slots=True)
class Section:
    """A heading and what stands below it."""

    title: str
    blocks: tuple[Block, ...]


def title_of(report: CampaignReport) -> str:
    """Return the document's title."""
    return _text(f"Campaign of {report.lab_name}")


def sections(
    report: CampaignReport, overview: Sequence[Picture] = (), spectra: Sequence[Picture] = ()
) -> tuple[Section, ...]:
    """Return all sections that have anything to say; `spectra` are the large pictures, the others are drawn small."""
    found = [
        Section("", (Lines(tuple(map(_text, report.summary))),)),
        Section("Best pellets", _best(report)),
        Section("Health of the campaign", _health(report)),
        Section("Course of the campaign", (Figures(tuple(overview)),)),
        Section("Results taken back", _retracted(report)),
        Section("Samples", (_samples(report) if report.samples else Lines(("No samples yet.",)),)),
        Section("Spectra and fits", _spectra(report, spectra)),
        Section("Files that were refused", _pairs(("file", "reason"), report.refused_files)),
        Section("Files", _files(report)),
        Section("Provenance", _pairs(("", ""), report.provenance)),
        Section("Journal (newest first)", _journal(report)),
    ]
    kept = (Section(one.title, tuple(block for block in one.blocks if _says(block))) for one in found)
    return tuple(one for one in kept if one.blocks)


def caption(view: SpectrumView) -> str:
    """Return what stands under a spectrum: whose it is, its verdict with reasons, its conductivity."""
    says_itself = bool(view.lines) and view.lines[0].startswith(view.verdict)
    return "; ".join([view.label, *([] if says_itself or not view.verdict else [view.verdict]), *view.lines])


def _says(block: Block) -> bool:
    if isinstance(block, Lines):
        return bool(block.lines)
    if isinstance(block, Grid):
        return bool(block.rows)
    return bool(block.pictures if isinstance(block, Figures) else block.views)


def _text(value: Any) -> str:
    return plain(value, limit=_MAX_TEXT)


def _sigma(value: float | None, sd: float | None) -> str:
    if value is None:
        return "–"
    return f"{value:.2e}" + (f" ± {sd:.1e}" if sd is not None else "")


def _share(value: float | None) -> str:
    return "–" if value is None else f"{100.0 * value:.0f} %"


def _predicted(row: SampleRow) -> str:
    if row.predicted_log10_sigma is None:
        return "–"
    spread = f" ± {row.predicted_sd:.2f}" if row.predicted_sd is not None else ""
    return f"{row.predicted_log10_sigma:.2f}{spread}"


def _best(report: CampaignReport) -> tuple[Block, ...]:
    """The best of what teaches: what was taken back, turned down or waits for a signature is not among them."""
    ranked = sorted(report.pellets, key=lambda row: -row.sigma_25_s_cm)[:_N_BEST]
    if not ranked:
        return (Lines(("Nothing measured yet that teaches.",)),)
    rows = tuple(
        (
            _text(row.label),
            _text(row.formula),
            _sigma(row.sigma_25_s_cm, row.sigma_25_s_cm_sd),
            _share(row.relative_density),
            _text(row.verdict),
            _text(row.signed_by),
        )
        for row in ranked
    )
    columns: tuple[tuple[str, CellKind], ...] = (
        ("pellet", "code"),
        ("composition", "text"),
        ("σ(25 °C) / S cm⁻¹", "number"),
        ("density", "number"),
        ("verdict", "verdict"),
        ("signed by", "text"),
    )
    return (Grid(columns, rows),)


def _health(report: CampaignReport) -> tuple[Block, ...]:
    rows = tuple(tuple(map(_text, line)) for line in report.health)
    return (Grid((("", "text"), ("check", "text"), ("what was found", "text"), ("next step", "code")), rows),)


def _retracted(report: CampaignReport) -> tuple[Block, ...]:
    rows = tuple(
        (_text(one.label), _text(one.analysis), _text(utc_iso(one.at)), _text(one.who), _text(one.reason))
        for one in report.retracted
    )
    columns: tuple[tuple[str, CellKind], ...] = (
        ("whose", "code"),
        ("analysis", "code"),
        ("when (UTC)", "text"),
        ("who", "text"),
        ("why", "text"),
    )
    head = Lines(("These were taken back after they had been reported. They count nowhere in this report.",), True)
    return (head, Grid(columns, rows)) if rows else ()


def _samples(report: CampaignReport) -> Grid:
    rows = tuple(
        (
            _text(row.label),
            _text(row.formula),
            _text(row.state),
            _predicted(row),
            _sigma(row.sigma_25_s_cm, row.sigma_25_s_cm_sd),
            _share(row.relative_density),
            _text(row.verdict) or "–",
            "\n".join(_text(reason) for reason in row.reasons),
        )
        for row in report.samples
    )
    columns: tuple[tuple[str, CellKind], ...] = (
        ("sample", "code"),
        ("composition", "text"),
        ("state", "text"),
        ("predicted log₁₀ σ", "number"),
        ("σ(25 °C) / S cm⁻¹", "number"),
        ("density", "number"),
        ("verdict", "verdict"),
        ("why", "text"),
    )
    return Grid(columns, rows)


def _spectra(report: CampaignReport, spectra: Sequence[Picture]) -> tuple[Block, ...]:
    small = tuple(reversed(report.spectra[: max(0, len(report.spectra) - report.max_spectra)]))
    n_out = report.n_spectra_left_out
    told = (f"{n_out} older spectra are not shown; `nasicon report --all-spectra` shows every one.",) if n_out else ()
    return (Figures(tuple(spectra), is_gallery=True), Thumbnails(small), Lines(told, is_quiet=True))


def _files(report: CampaignReport) -> tuple[Block, ...]:
    rows = tuple(
        (_text(one.name), one.sha256, _text(one.reader), _text(one.state), _text(one.owner)) for one in report.files
    )
    n_out = report.n_files_left_out
    told = (f"{n_out} older files are not listed; `nasicon report --all-spectra` lists every one.",) if n_out else ()
    columns: tuple[tuple[str, CellKind], ...] = (
        ("file", "text"),
        ("SHA-256", "code"),
        ("read by", "text"),
        ("state", "text"),
        ("whose", "code"),
    )
    return (Grid(columns, rows), Lines(told, is_quiet=True))


def _pairs(columns: tuple[str, str], pairs: Sequence[tuple[str, Any]]) -> tuple[Block, ...]:
    first, second = columns
    return (
        Grid(
            ((first, "text"), (second, "code" if not second else "text")), tuple((_text(a), _text(b)) for a, b in pairs)
        ),
    )


def _journal(report: CampaignReport) -> tuple[Block, ...]:
    rows = tuple(
        (_text(utc_iso(one.at)), _text(one.who), _text(one.event), _text(one.subject), _text(one.detail))
        for one in report.journal
    )
    names = ("when (UTC)", "who", "event", "subject", "detail")
    return (Grid(tuple((name, "text") for name in names), rows),)
