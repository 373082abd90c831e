"""A report on disk: pictures beside one HTML file that carries them inside, and the same as a PDF where asked for."""

import re
from pathlib import Path

from nasicon_loop.core import Progress, Refusal, Silent, plain, refuse_as_target, write_whole
from nasicon_loop.report.campaign_plots import best_so_far, parity, periodic_table
from nasicon_loop.report.content import caption
from nasicon_loop.report.html import page
from nasicon_loop.report.spectrum_plots import nyquist
from nasicon_loop.report.validation_plots import validation_sheet
from nasicon_loop.report.values import CampaignReport, Picture, Written

HTML_NAME = "report.html"


def write(
    report: CampaignReport,
    folder: Path,
    *,
    name: str = HTML_NAME,
    pdf_path: Path | None = None,
    progress: Progress | None = None,
) -> Written:
    """Draw all pictures into `folder` and write the page there as `name`, replacing an older one at once.

    Pictures without data are left out; `pdf_path` gets the same document as a PDF. Raises Refusal when the folder
    cannot be written, or page or PDF not be a file.
    """
    target = folder / name
    for path in (target, pdf_path):
        if path is not None:
            refuse_as_target(path)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise Refusal(f"cannot be written ({error.strerror})", target) from error
    bar = progress or Silent()
    shown = report.spectra[-report.max_spectra :]
    bar.start("report", 5 + len(shown) + (pdf_path is not None))
    overview = _overview(report, folder, bar)
    spectra = []
    taken: set[str] = set()
    for view in shown:
        path = folder / f"nyquist_{_file_name(view.label, taken)}.png"
        spectra.append(Picture(nyquist(view, path), caption(view)))
        bar.advance(detail=plain(view.label))
    write_whole(target, page(report, overview, spectra).encode(), make_parents=True)
    bar.advance(detail=plain(name))
    if pdf_path is not None:
        from nasicon_loop.report.pdf import pdf

        write_whole(pdf_path, pdf(report, overview, spectra), make_parents=True)
        bar.advance(detail=plain(pdf_path.name))
    bar.finish()
    return Written(target, (*overview, *spectra), pdf_path)


def _overview(report: CampaignReport, folder: Path, bar: Progress) -> list[Picture]:
    pictures = []
    if report.rounds:
        path = best_so_far(
            report.rounds,
            folder / "best_so_far.png",
            reference_log10_sigma=report.reference_log10_sigma,
            reference_name=report.reference_name,
        )
        pictures.append(Picture(path, "Measured conductivity by round, and the best so far"))
    bar.advance(detail="best so far")
    if report.elements:
        path = periodic_table(report.elements, folder / "periodic_table.png", score_name=report.score_name)
        pictures.append(Picture(path, f"What each dopant promises at its best: {report.score_name}"))
    bar.advance(detail="periodic table")
    if report.parity:
        path = parity(report.parity, folder / "parity.png")
        pictures.append(Picture(path, "Prediction made before the pellet, against the measurement"))
    bar.advance(detail="parity")
    if report.held_out is not None:
        path = validation_sheet([report.held_out], folder / "calibration.png")
        told = f"Rows that the model had not seen: {report.held_out.words}"
        pictures.append(Picture(path, f"{told}; {report.held_out_caveat}" if report.held_out_caveat else told))
    bar.advance(detail="calibration")
    return pictures


def _file_name(label: str, taken: set[str]) -> str:
    """Return a name that is safe on every file system and not yet taken (labels come from outside)."""
    base = re.sub(r"[^A-Za-z0-9.-]+", "_", label).strip("._")[:60] or "spectrum"
    name, number = base, 2
    while name.lower() in taken:
        name, number = f"{base}_{number}", number + 1
    taken.add(name.lower())
    return name
