"""Plots, report, tables and RO-Crates, from values. matplotlib is loaded when a picture is drawn, not before."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from nasicon_loop.report.campaign_plots import best_so_far, parity, periodic_table
    from nasicon_loop.report.crate import METADATA_NAME, Crate, CrateFile, file_id, metadata, references
    from nasicon_loop.report.crate_check import crate_faults
    from nasicon_loop.report.html import page
    from nasicon_loop.report.layout import PLACES
    from nasicon_loop.report.panels import Axis, Mark, Panel, PanelKind, Series, Span, spectrum_panels
    from nasicon_loop.report.score_plots import pair_map
    from nasicon_loop.report.spectrum_plots import bode, nyquist, overview, relaxation, residuals
    from nasicon_loop.report.style import refuse_picture
    from nasicon_loop.report.tables import Cell, Column, Kind, TableFiles, TableShape, readme, refuse_without_parquet
    from nasicon_loop.report.validation_plots import validation_sheet
    from nasicon_loop.report.values import (
        CampaignReport,
        ElementTile,
        FileRow,
        HeldOutView,
        JournalLine,
        PairTile,
        ParityPoint,
        PelletRow,
        Picture,
        RetractedRow,
        RoundPoint,
        SampleRow,
        SpectrumView,
        Written,
    )
    from nasicon_loop.report.views import NyquistLimits, nyquist_limits
    from nasicon_loop.report.writing import write

__all__ = [
    "METADATA_NAME",
    "PLACES",
    "Axis",
    "CampaignReport",
    "Cell",
    "Column",
    "Crate",
    "CrateFile",
    "ElementTile",
    "FileRow",
    "HeldOutView",
    "JournalLine",
    "Kind",
    "Mark",
    "NyquistLimits",
    "PairTile",
    "Panel",
    "PanelKind",
    "ParityPoint",
    "PelletRow",
    "Picture",
    "RetractedRow",
    "RoundPoint",
    "SampleRow",
    "Series",
    "Span",
    "SpectrumView",
    "TableFiles",
    "TableShape",
    "Written",
    "best_so_far",
    "bode",
    "crate_faults",
    "file_id",
    "metadata",
    "nyquist",
    "nyquist_limits",
    "overview",
    "page",
    "pair_map",
    "parity",
    "periodic_table",
    "readme",
    "references",
    "refuse_picture",
    "refuse_without_parquet",
    "relaxation",
    "residuals",
    "spectrum_panels",
    "validation_sheet",
    "write",
]

_HOMES = {
    "FileRow": "values",
    "PelletRow": "values",
    "RetractedRow": "values",
    "METADATA_NAME": "crate",
    "Crate": "crate",
    "CrateFile": "crate",
    "file_id": "crate",
    "metadata": "crate",
    "references": "crate",
    "crate_faults": "crate_check",
    "Cell": "tables",
    "Column": "tables",
    "Kind": "tables",
    "TableFiles": "tables",
    "TableShape": "tables",
    "readme": "tables",
    "refuse_without_parquet": "tables",
    "Axis": "panels",
    "Mark": "panels",
    "Panel": "panels",
    "PanelKind": "panels",
    "Series": "panels",
    "Span": "panels",
    "spectrum_panels": "panels",
    "overview": "spectrum_plots",
    "relaxation": "spectrum_plots",
    "CampaignReport": "values",
    "ElementTile": "values",
    "HeldOutView": "values",
    "JournalLine": "values",
    "NyquistLimits": "views",
    "PLACES": "layout",
    "PairTile": "values",
    "ParityPoint": "values",
    "Picture": "values",
    "RoundPoint": "values",
    "SampleRow": "values",
    "SpectrumView": "values",
    "Written": "values",
    "best_so_far": "campaign_plots",
    "bode": "spectrum_plots",
    "nyquist": "spectrum_plots",
    "nyquist_limits": "views",
    "page": "html",
    "pair_map": "score_plots",
    "parity": "campaign_plots",
    "periodic_table": "campaign_plots",
    "refuse_picture": "style",
    "residuals": "spectrum_plots",
    "validation_sheet": "validation_plots",
    "write": "writing",
}


def __getattr__(name: str) -> Any:
    from importlib import import_module

    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
