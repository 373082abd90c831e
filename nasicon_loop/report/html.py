"""The report as one HTML file: no network, no script, pictures inside, every text escaped."""

import base64
from collections.abc import Sequence
from html import escape

from nasicon_loop.core import plain, utc_iso
from nasicon_loop.report.content import (
    VERDICTS,
    Block,
    CellKind,
    Figures,
    Grid,
    Lines,
    Section,
    caption,
    sections,
    title_of,
)
from nasicon_loop.report.thumbnails import sketch, svg
from nasicon_loop.report.values import CampaignReport, Picture, SpectrumView

_MAX_CAPTION = 400
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
.rejected::before { content: "\\2716  "; color: #D55E00; } .retracted::before { content: "\\21B6  "; color: #D55E00; }
figure { margin: 1rem 0; } figure img, figure svg { max-width: 100%; height: auto; border: 1px solid #e5e5e5; }
figcaption { font-size: .85rem; color: #555; }
.spectra { display: grid; grid-template-columns: repeat(auto-fill, minmax(420px, 1fr)); gap: 1rem; }
.small { display: grid; grid-template-columns: repeat(auto-fill, minmax(220px, 1fr)); gap: .7rem; }
.small figure { margin: 0; } .small figcaption { font-size: .72rem; overflow-wrap: anywhere; }
.quiet { color: #666; font-size: .87rem; } code { overflow-wrap: anywhere; }
@media print { h2 { break-after: avoid; } figure { break-inside: avoid; } }
"""


def page(report: CampaignReport, overview: Sequence[Picture] = (), spectra: Sequence[Picture] = ()) -> str:
    """Return the whole document as text; pictures (PNG or SVG files) are read and put inside as data URIs.

    A content security policy forbids everything but the inline style and the pictures, so a text that slipped through
    could still neither run nor call home.
    """
    title = escape(title_of(report))
    body = "\n".join(map(_section, sections(report, overview, spectra)))
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">\n'
        '<meta http-equiv="Content-Security-Policy" '
        "content=\"default-src 'none'; img-src data:; style-src 'unsafe-inline'\">\n"
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{title}</title>\n<style>{_CSS}</style></head>\n<body>\n"
        f'<h1>{title}</h1>\n<p class="quiet">made {escape(utc_iso(report.made_at))}</p>\n{body}</body></html>\n'
    )


def _section(section: Section) -> str:
    head = f"<h2>{escape(section.title)}</h2>\n" if section.title else ""
    return head + "\n".join(map(_block, section.blocks)) + "\n"


def _block(block: Block) -> str:
    if isinstance(block, Lines):
        return _lines(block)
    if isinstance(block, Grid):
        return _table(block)
    if isinstance(block, Figures):
        figures = "".join(map(_figure, block.pictures))
        return f'<div class="spectra">{figures}</div>' if block.is_gallery else figures
    return '<div class="small">' + "\n".join(map(_thumbnail, block.views)) + "</div>"


def _lines(block: Lines) -> str:
    if block.is_quiet:
        return "".join(f'<p class="quiet">{escape(line)}</p>' for line in block.lines)
    return "<ul>" + "".join(f"<li>{escape(line)}</li>" for line in block.lines) + "</ul>"


def _table(grid: Grid) -> str:
    head = "".join(f"<th>{escape(name)}</th>" for name, _ in grid.columns)
    kinds = [kind for _, kind in grid.columns]
    body = "".join("<tr>" + "".join(map(_cell, kinds, row)) + "</tr>\n" for row in grid.rows)
    return f'<div class="wide"><table><thead><tr>{head}</tr></thead><tbody>\n{body}</tbody></table></div>'


def _cell(kind: CellKind, text: str) -> str:
    shown = "<br>".join(map(escape, text.split("\n")))
    if kind == "number":
        return f'<td class="number">{shown}</td>'
    if kind == "code":
        return f"<td><code>{shown}</code></td>"
    if kind == "verdict" and text != "–":
        return f'<td><span class="verdict {text if text in VERDICTS else ""}">{shown}</span></td>'
    return f"<td>{shown}</td>"


def _figure(picture: Picture) -> str:
    media = _MEDIA_TYPES[picture.path.suffix.lower()]
    data = base64.b64encode(picture.path.read_bytes()).decode("ascii")
    words = escape(plain(picture.caption, limit=_MAX_CAPTION))
    return f'<figure><img src="data:{media};base64,{data}" alt="{words}"><figcaption>{words}</figcaption></figure>'


def _thumbnail(view: SpectrumView) -> str:
    drawn = sketch(view)
    words = escape(plain(f"{caption(view)}; {drawn.words}", limit=_MAX_CAPTION))
    return f"<figure>{svg(drawn)}<figcaption>{words}</figcaption></figure>"
