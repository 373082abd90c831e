"""The report as one HTML file: no network, no script, pictures inside, every text escaped."""

import base64
from collections.abc import Iterable, Sequence
from html import escape
from typing import Any

from nasicon_loop.core import plain, utc_iso
from nasicon_loop.report.values import CampaignReport, Picture, SampleRow

_MAX_TEXT = 400
_MEDIA_TYPES = {".png": "image/png", ".svg": "image/svg+xml"}

_CSS = """
:root { color-scheme: light; }
body { font: 15px/1.5 system-ui, "Segoe UI", "DejaVu Sans", sans-serif; color: #222; background: #fff;
       max-width: 1080px; margin: 2rem auto; padding: 0 1.2rem; }
h1 { font-size: 1.7rem; margin-bottom: .2rem; } h2 { font-size: 1.25rem; margin-top: 2.2rem;
       border-bottom: 2px solid #0072B2; padding-bottom: .2rem; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: .87rem; }
th, td { text-align: left; padding: .32rem .55rem; border-bottom: 1px solid #ddd; vertical-align: top; }
th { background: #f3f6f9; } td.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
.verdict { font-weight: 600; white-space: nowrap; }
.accepted::before { content: "\\25CF  "; color: #009E73; } .review::before { content: "\\25B2  "; color: #B87A00; }
.rejected::before { content: "\\2716  "; color: #D55E00; }
figure { margin: 1rem 0; } figure img { max-width: 100%; height: auto; border: 1px solid #e5e5e5; }
figcaption { font-size: .85rem; color: #555; }
.spectra { display: grid; grid-template-columns: repeat(auto-fill, minmax(420px, 1fr)); gap: 1rem; }
.quiet { color: #666; font-size: .87rem; } code { overflow-wrap: anywhere; }
@media print { h2 { break-after: avoid; } figure { break-inside: avoid; } }
"""


def _text(value: Any) -> str:
    return escape(plain(value, limit=_MAX_TEXT))


def _table(columns: Sequence[str], rows: Iterable[Sequence[str]], *, number_columns: Sequence[int] = ()) -> str:
    """Return a table; cells are HTML already."""
    head = "".join(f"<th>{escape(column)}</th>" for column in columns)
    body = "".join(
        "<tr>"
        + "".join(f'<td class="number">{cell}</td>' if k in number_columns else f"<td>{cell}</td>"
                  for k, cell in enumerate(row))
        + "</tr>\n"
        for row in rows
    )  # fmt: skip
    return f'<div class="wide"><table><thead><tr>{head}</tr></thead><tbody>\n{body}</tbody></table></div>'


def _verdict(word: str) -> str:
    known = word if word in {"accepted", "review", "rejected"} else ""
    return f'<span class="verdict {known}">{_text(word)}</span>' if word else "–"


def _sigma(value: float | None, sd: float | None) -> str:
    if value is None:
        return "–"
    return f"{value:.2e}" + (f" ± {sd:.1e}" if sd is not None else "")


def _predicted(row: SampleRow) -> str:
    if row.predicted_log10_sigma is None:
        return "–"
    spread = f" ± {row.predicted_sd:.2f}" if row.predicted_sd is not None else ""
    return f"{row.predicted_log10_sigma:.2f}{spread}"


def _samples(report: CampaignReport) -> str:
    rows = [
        (
            f"<code>{_text(row.label)}</code>",
            _text(row.formula),
            _text(row.state),
            _predicted(row),
            _sigma(row.sigma_25_s_cm, row.sigma_25_s_cm_sd),
            "–" if row.relative_density is None else f"{100.0 * row.relative_density:.0f} %",
            _verdict(row.verdict),
            "<br>".join(_text(reason) for reason in row.reasons),
        )
        for row in report.samples
    ]
    columns = ("sample", "composition", "state", "predicted log₁₀ σ", "σ(25 °C) / S cm⁻¹", "density", "verdict", "why")
    return _table(columns, rows, number_columns=(3, 4, 5))


def _best(report: CampaignReport) -> str:
    measured = [row for row in report.samples if row.sigma_25_s_cm is not None and row.verdict != "rejected"]
    if not measured:
        return "<p>Nothing measured yet.</p>"
    measured.sort(key=lambda row: -(row.sigma_25_s_cm or 0.0))
    rows = [
        (f"<code>{_text(row.label)}</code>", _text(row.formula), _sigma(row.sigma_25_s_cm, row.sigma_25_s_cm_sd),
         _verdict(row.verdict))
        for row in measured[:5]
    ]  # fmt: skip
    return _table(("sample", "composition", "σ(25 °C) / S cm⁻¹", "verdict"), rows, number_columns=(2,))


def _figure(picture: Picture) -> str:
    media = _MEDIA_TYPES[picture.path.suffix.lower()]
    data = base64.b64encode(picture.path.read_bytes()).decode("ascii")
    caption = _text(picture.caption)
    return f'<figure><img src="data:{media};base64,{data}" alt="{caption}"><figcaption>{caption}</figcaption></figure>'


def _section(title: str, body: str) -> str:
    return f"<h2>{escape(title)}</h2>\n{body}\n" if body else ""


def page(report: CampaignReport, overview: Sequence[Picture] = (), spectra: Sequence[Picture] = ()) -> str:
    """Return the whole document as text; pictures (PNG or SVG files) are read and put inside as data URIs.

    A content security policy forbids everything but the inline style and the pictures, so a text that slipped through
    could still neither run nor call home.
    """
    n_left_out = max(0, len(report.spectra) - report.max_spectra)
    shown = '<div class="spectra">' + "".join(map(_figure, spectra)) + "</div>" if spectra else ""
    if n_left_out:
        shown += f'<p class="quiet">{n_left_out} older spectra are not shown.</p>'
    summary = "".join(f"<li>{_text(line)}</li>" for line in report.summary)
    provenance = _table(("", ""), [(_text(name), f"<code>{_text(value)}</code>") for name, value in report.provenance])
    refused = _table(("file", "reason"), [(_text(name), _text(why)) for name, why in report.refused_files])
    journal = _table(
        ("when (UTC)", "who", "event", "subject", "detail"),
        [
            (_text(utc_iso(line.at)), _text(line.who), _text(line.event), _text(line.subject), _text(line.detail))
            for line in report.journal
        ],
    )
    title = _text(f"Campaign of {report.lab_name}")
    parts = [
        f'<h1>{title}</h1>\n<p class="quiet">made {_text(utc_iso(report.made_at))}</p>',
        f"<ul>{summary}</ul>" if summary else "",
        _section("Best pellets", _best(report)),
        _section("Course of the campaign", "".join(map(_figure, overview))),
        _section("Samples", _samples(report) if report.samples else "<p>No samples yet.</p>"),
        _section("Spectra and fits", shown),
        _section("Files that were refused", refused if report.refused_files else ""),
        _section("Provenance", provenance if report.provenance else ""),
        _section("Journal (newest first)", journal if report.journal else ""),
    ]
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">\n'
        '<meta http-equiv="Content-Security-Policy" '
        "content=\"default-src 'none'; img-src data:; style-src 'unsafe-inline'\">\n"
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{title}</title>\n<style>{_CSS}</style></head>\n<body>\n" + "\n".join(parts) + "</body></html>\n"
    )
