"""The application layer: one function per thing a user can do. The faces call this room and nothing else.

Every name is loaded on first use, so that `nasicon --help` stays fast.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from nasicon_loop.lab.actions import ACTIONS, Action
    from nasicon_loop.lab.arming import Armed, parse_arming
    from nasicon_loop.lab.backtesting import Backtest, Replayed, backtest
    from nasicon_loop.lab.bench_devices import BenchDevice, find_bench_devices
    from nasicon_loop.lab.by_hand import HandFit, circuit_names, places_text, refit_analysis
    from nasicon_loop.lab.caring import (
        Checked,
        back_up,
        check_database,
        copy_database,
        restore_backup,
        upgrade_database,
    )
    from nasicon_loop.lab.completing import assign, complete
    from nasicon_loop.lab.context import Lab, open_lab, opened
    from nasicon_loop.lab.data_checking import DataChecked, ReferenceReading, check_data
    from nasicon_loop.lab.doctoring import Symptom, examine
    from nasicon_loop.lab.dummy import DummyReading, add_dummy, dummy_history
    from nasicon_loop.lab.electronic import Polarised, polarisations, polarise_file, polarise_pellet
    from nasicon_loop.lab.explaining import SuggestionWhy, explain_suggestion
    from nasicon_loop.lab.exporting import Exported, export_lab
    from nasicon_loop.lab.fetching import Fetched, fetch_structures
    from nasicon_loop.lab.firing import Dwell, Fired, fire, record_firing
    from nasicon_loop.lab.firing_plans import Plan, firing_card, next_plan, plan_of_load, plan_of_sample
    from nasicon_loop.lab.fitting import Fitted, draw_fitted, fit_files, geometry_of, operator_name
    from nasicon_loop.lab.furnace_happenings import FurnaceWord, furnace_news
    from nasicon_loop.lab.furnace_view import FurnaceNow, FurnaceView, furnace_now, furnace_views
    from nasicon_loop.lab.geometry import Archimedes, Details, Dimensions
    from nasicon_loop.lab.health import (
        Health,
        batch_cost,
        calibration_gate,
        campaign_health,
        health_from,
        is_long_work,
    )
    from nasicon_loop.lab.importing import import_files
    from nasicon_loop.lab.judging import retract_analysis, sign_analysis
    from nasicon_loop.lab.leads import LeadsRow, clear_leads, leads_history, read_leads, set_leads
    from nasicon_loop.lab.learning import Trained, train_model
    from nasicon_loop.lab.live_firing import LiveFiring, attach_live, fire_live, give_up_run, live_firings
    from nasicon_loop.lab.live_weighing import Patient, WayOut, weigh_live
    from nasicon_loop.lab.living import Caused, Impact, LifeRow, TaughtRun, impact_of, life_cycle
    from nasicon_loop.lab.loads import LoadRow, LoadView, Reference, fire_load, load_list, load_view, new_load
    from nasicon_loop.lab.making import PelletMade, close_sample, new_pellet, new_sample, set_geometry
    from nasicon_loop.lab.overview import (
        AnalysisView,
        BoardPage,
        BoardRow,
        CampaignState,
        InboxPage,
        InboxRow,
        analysis_view,
        board,
        board_page,
        board_row,
        campaign_state,
        inbox,
        inbox_page,
        journal,
        newest_analysis,
        sample_labels,
        sample_story,
    )
    from nasicon_loop.lab.panels import spectrum_plots
    from nasicon_loop.lab.phases import set_phase
    from nasicon_loop.lab.predicting import predict_things
    from nasicon_loop.lab.provenance import Provenance, names_a_row, row_provenance
    from nasicon_loop.lab.reanalysing import Change, Reanalysed, reanalyse
    from nasicon_loop.lab.reporting import write_report
    from nasicon_loop.lab.rescuing import Rescued, rescue_weighing
    from nasicon_loop.lab.restoring import analysis_before, restore_analysis
    from nasicon_loop.lab.results import ImportResult, SweepResult
    from nasicon_loop.lab.score_map import ScoreCell, score_cells
    from nasicon_loop.lab.scoring import DopantsScored, PairsScored, score_dopants, score_pairs
    from nasicon_loop.lab.screening import SpaceScreened, screen_space
    from nasicon_loop.lab.settings_shown import SettingRow, settings_rows
    from nasicon_loop.lab.sheets import BenchSheet, Wish, bench_sheet, sample_sheet
    from nasicon_loop.lab.signing import add_deviation, sign_off_recipe
    from nasicon_loop.lab.sources import Imported, LabMade, create_lab, import_data, literature_rows, write_cif
    from nasicon_loop.lab.stock import LotRow, add_lot, lot_event, stock_list
    from nasicon_loop.lab.suggesting import (
        Batch,
        Suggested,
        SuggestionsPage,
        all_suggestions,
        decide_suggestions,
        open_suggestions,
        screen_dopants,
        suggest_compositions,
        suggestion_reasons,
        suggestions_page,
    )
    from nasicon_loop.lab.temperature_series import PooledSample, Series, sample_arrhenius, sample_pooled
    from nasicon_loop.lab.validating import StoredQuality, stored_quality, validate_dopants, validate_model
    from nasicon_loop.lab.views import (
        EqualView,
        NyquistPicture,
        kept_sheet,
        model_runs,
        nyquist_picture,
        sweeps_beside,
    )
    from nasicon_loop.lab.watched import watch_inbox
    from nasicon_loop.lab.weigh_steps import Decision, Person, WeighStep
    from nasicon_loop.lab.weighing import WeighingProgress, record_weighing, weigh, weighing_progress

_HOME = {
    "bench_devices": ("BenchDevice", "find_bench_devices"),
    "live_weighing": ("Patient", "WayOut", "weigh_live"),
    "live_firing": ("LiveFiring", "attach_live", "fire_live", "give_up_run", "live_firings"),
    "firing_plans": ("Plan", "firing_card", "next_plan", "plan_of_load", "plan_of_sample"),
    "arming": ("Armed", "parse_arming"),
    "by_hand": ("HandFit", "circuit_names", "places_text", "refit_analysis"),
    "dummy": ("DummyReading", "add_dummy", "dummy_history"),
    "electronic": ("Polarised", "polarisations", "polarise_file", "polarise_pellet"),
    "leads": ("LeadsRow", "clear_leads", "leads_history", "read_leads", "set_leads"),
    "reanalysing": ("Change", "Reanalysed", "reanalyse"),
    "temperature_series": ("PooledSample", "Series", "sample_arrhenius", "sample_pooled"),
    "actions": ("ACTIONS", "Action"),
    "overview": (
        "AnalysisView",
        "BoardPage",
        "BoardRow",
        "CampaignState",
        "InboxPage",
        "InboxRow",
        "analysis_view",
        "board",
        "board_page",
        "board_row",
        "campaign_state",
        "inbox",
        "inbox_page",
        "journal",
        "newest_analysis",
        "sample_labels",
        "sample_story",
    ),
    "caring": ("Checked", "back_up", "check_database", "copy_database", "restore_backup", "upgrade_database"),
    "completing": ("assign", "complete"),
    "context": ("Lab", "open_lab", "opened"),
    "data_checking": ("DataChecked", "ReferenceReading", "check_data"),
    "doctoring": ("Symptom", "examine"),
    "fitting": ("Fitted", "draw_fitted", "fit_files", "geometry_of", "operator_name"),
    "importing": ("import_files",),
    "restoring": ("analysis_before", "restore_analysis"),
    "judging": ("retract_analysis", "sign_analysis"),
    "predicting": ("predict_things",),
    "backtesting": ("Backtest", "Replayed", "backtest"),
    "health": (
        "Health",
        "batch_cost",
        "calibration_gate",
        "campaign_health",
        "health_from",
        "is_long_work",
    ),
    "exporting": ("Exported", "export_lab"),
    "explaining": ("SuggestionWhy", "explain_suggestion"),
    "living": ("Caused", "Impact", "LifeRow", "TaughtRun", "impact_of", "life_cycle"),
    "learning": ("Trained", "train_model"),
    "fetching": ("Fetched", "fetch_structures"),
    "firing": ("Dwell", "Fired", "fire", "record_firing"),
    "geometry": ("Archimedes", "Details", "Dimensions"),
    "loads": ("LoadRow", "LoadView", "Reference", "fire_load", "load_list", "load_view", "new_load"),
    "making": ("PelletMade", "close_sample", "new_pellet", "new_sample", "set_geometry"),
    "phases": ("set_phase",),
    "provenance": ("Provenance", "names_a_row", "row_provenance"),
    "rescuing": ("Rescued", "rescue_weighing"),
    "signing": ("add_deviation", "sign_off_recipe"),
    "stock": ("LotRow", "add_lot", "lot_event", "stock_list"),
    "weigh_steps": ("Decision", "Person", "WeighStep"),
    "weighing": ("WeighingProgress", "record_weighing", "weigh", "weighing_progress"),
    "reporting": ("write_report",),
    "results": ("ImportResult", "SweepResult"),
    "sheets": ("BenchSheet", "Wish", "bench_sheet", "sample_sheet"),
    "sources": ("Imported", "LabMade", "create_lab", "import_data", "literature_rows", "write_cif"),
    "suggesting": (
        "Batch",
        "Suggested",
        "SuggestionsPage",
        "all_suggestions",
        "decide_suggestions",
        "open_suggestions",
        "screen_dopants",
        "suggest_compositions",
        "suggestion_reasons",
        "suggestions_page",
    ),
    "panels": ("spectrum_plots",),
    "score_map": ("ScoreCell", "score_cells"),
    "scoring": ("DopantsScored", "PairsScored", "score_dopants", "score_pairs"),
    "screening": ("SpaceScreened", "screen_space"),
    "validating": ("StoredQuality", "stored_quality", "validate_dopants", "validate_model"),
    "views": (
        "EqualView",
        "NyquistPicture",
        "kept_sheet",
        "model_runs",
        "nyquist_picture",
        "sweeps_beside",
    ),
    "settings_shown": (
        "SettingRow",
        "settings_rows",
    ),
    "furnace_happenings": ("FurnaceWord", "furnace_news"),
    "furnace_view": (
        "FurnaceNow",
        "FurnaceView",
        "furnace_now",
        "furnace_views",
    ),
    "watched": ("watch_inbox",),
}
_MODULE = {name: module for module, names in _HOME.items() for name in names}

__all__ = [
    "ACTIONS",
    "Action",
    "AnalysisView",
    "Archimedes",
    "Armed",
    "Backtest",
    "Batch",
    "BenchDevice",
    "BenchSheet",
    "BoardPage",
    "BoardRow",
    "CampaignState",
    "Caused",
    "Change",
    "Checked",
    "DataChecked",
    "Decision",
    "Details",
    "Dimensions",
    "DopantsScored",
    "DummyReading",
    "Dwell",
    "EqualView",
    "Exported",
    "Fetched",
    "Fired",
    "Fitted",
    "FurnaceNow",
    "FurnaceView",
    "FurnaceWord",
    "HandFit",
    "Health",
    "Impact",
    "ImportResult",
    "Imported",
    "InboxPage",
    "InboxRow",
    "Lab",
    "LabMade",
    "LeadsRow",
    "LifeRow",
    "LiveFiring",
    "LoadRow",
    "LoadView",
    "LotRow",
    "NyquistPicture",
    "PairsScored",
    "Patient",
    "PelletMade",
    "Person",
    "Plan",
    "Polarised",
    "PooledSample",
    "Provenance",
    "Reanalysed",
    "Reference",
    "ReferenceReading",
    "Replayed",
    "Rescued",
    "ScoreCell",
    "Series",
    "SettingRow",
    "SpaceScreened",
    "StoredQuality",
    "Suggested",
    "SuggestionWhy",
    "SuggestionsPage",
    "SweepResult",
    "Symptom",
    "TaughtRun",
    "Trained",
    "WayOut",
    "WeighStep",
    "WeighingProgress",
    "Wish",
    "add_deviation",
    "add_dummy",
    "add_lot",
    "all_suggestions",
    "analysis_before",
    "analysis_view",
    "assign",
    "attach_live",
    "back_up",
    "backtest",
    "batch_cost",
    "bench_sheet",
    "board",
    "board_page",
    "board_row",
    "calibration_gate",
    "campaign_health",
    "campaign_state",
    "check_data",
    "check_database",
    "circuit_names",
    "clear_leads",
    "close_sample",
    "complete",
    "copy_database",
    "create_lab",
    "decide_suggestions",
    "draw_fitted",
    "dummy_history",
    "examine",
    "explain_suggestion",
    "export_lab",
    "fetch_structures",
    "find_bench_devices",
    "fire",
    "fire_live",
    "fire_load",
    "firing_card",
    "fit_files",
    "furnace_news",
    "furnace_now",
    "furnace_views",
    "geometry_of",
    "give_up_run",
    "health_from",
    "impact_of",
    "import_data",
    "import_files",
    "inbox",
    "inbox_page",
    "is_long_work",
    "journal",
    "kept_sheet",
    "leads_history",
    "life_cycle",
    "literature_rows",
    "live_firings",
    "load_list",
    "load_view",
    "lot_event",
    "model_runs",
    "names_a_row",
    "new_load",
    "new_pellet",
    "new_sample",
    "newest_analysis",
    "next_plan",
    "nyquist_picture",
    "open_lab",
    "open_suggestions",
    "opened",
    "operator_name",
    "parse_arming",
    "places_text",
    "plan_of_load",
    "plan_of_sample",
    "polarisations",
    "polarise_file",
    "polarise_pellet",
    "predict_things",
    "read_leads",
    "reanalyse",
    "record_firing",
    "record_weighing",
    "refit_analysis",
    "rescue_weighing",
    "restore_analysis",
    "restore_backup",
    "retract_analysis",
    "row_provenance",
    "sample_arrhenius",
    "sample_labels",
    "sample_pooled",
    "sample_sheet",
    "sample_story",
    "score_cells",
    "score_dopants",
    "score_pairs",
    "screen_dopants",
    "screen_space",
    "set_geometry",
    "set_leads",
    "set_phase",
    "settings_rows",
    "sign_analysis",
    "sign_off_recipe",
    "spectrum_plots",
    "stock_list",
    "stored_quality",
    "suggest_compositions",
    "suggestion_reasons",
    "suggestions_page",
    "sweeps_beside",
    "train_model",
    "upgrade_database",
    "validate_dopants",
    "validate_model",
    "watch_inbox",
    "weigh",
    "weigh_live",
    "weighing_progress",
    "write_cif",
    "write_report",
]


def __getattr__(name: str) -> Any:
    if name not in _MODULE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{_MODULE[name]}"), name)
    globals()[name] = value
    return value
