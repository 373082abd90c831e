"""Everything that a user can do, once: both faces offer exactly this, and a test holds them to it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Action:
    """One thing to do.

    `function` is the name in `nasicon_loop.lab` that does it; `command` the words on the command line; `screen` and
    `key` where and how the TUI offers it: a digit jumps to the screen that shows it, a letter does it there. `screen`
    is None for what makes no sense inside a running TUI (`why_not`). Screen and name together are unique.
    """

    name: str
    function: str
    help: str
    command: str
    screen: str | None
    key: str | None
    why_not: str = ""


def _cli_only(name: str, function: str, text: str, command: str, why_not: str) -> Action:
    return Action(name, function, text, command, None, None, why_not)


_BENCH = "typed at the bench; it has no screen yet"

ACTIONS: tuple[Action, ...] = (
    _cli_only("init", "create_lab", "make a lab folder", "init", "the TUI opens a lab that exists"),
    _cli_only("demo", "", "run a campaign against a simulated lab", "demo", "it makes a lab of its own"),
    _cli_only("tui", "", "open these screens", "tui", "they are open"),
    _cli_only("watch", "watch_inbox", "import what arrives", "watch", "runs beside the TUI, as its own process"),
    _cli_only("fit", "fit_files", "fit files without a lab", "fit", "it needs no lab"),
    _cli_only("predict", "predict_things", "predict formulas", "predict", "answers with a table to scripts"),
    _cli_only("validate", "validate_model", "cross-validate the model", "validate", "minutes of work, for scripts"),
    _cli_only(
        "leave dopants out", "validate_dopants", "validate per dopant", "validate", "minutes of work, for scripts"
    ),
    _cli_only("import data", "import_data", "load a literature table", "data import", "done once, from a file's path"),
    _cli_only("fetch data", "fetch_structures", "fetch structures by OPTIMADE", "data fetch", "minutes of network"),
    _cli_only("show data", "literature_rows", "show the literature", "data show", "hundreds of rows, for a pager"),
    _cli_only("row", "row_provenance", "where a row came from", "data show", "rows are named by number"),
    _cli_only("check data", "check_data", "where rows disagree", "data check", "tables for a pager"),
    _cli_only("write cif", "write_cif", "write a prototype crystal", "data cif", "writes a file"),
    _cli_only("screen space", "screen_space", "score a million compositions", "screen", "minutes of work, for scripts"),
    _cli_only("score", "score_dopants", "the paper's score of the dopants", "screen", "tables wider than a screen"),
    _cli_only("score pairs", "score_pairs", "the score of all pairs", "screen", "a map of 49 x 49, drawn to a file"),
    _cli_only("set leads", "set_leads", "take a lead correction into use", "leads set", "files are named by path"),
    _cli_only("clear leads", "clear_leads", "end the lead correction", "leads clear", "done with new cables"),
    _cli_only("list leads", "leads_history", "the lead corrections", "leads list", "a table for scripts"),
    _cli_only("add dummy", "add_dummy", "read the daily dummy cell", "dummy add", "a file is named by path"),
    _cli_only("list dummy", "dummy_history", "readings of the dummy cell", "dummy list", "a table for scripts"),
    _cli_only("arrhenius", "sample_arrhenius", "activation energy", "sample arrhenius", "a table for scripts"),
    _cli_only("pooled", "sample_pooled", "one value for a sample", "sample pooled", "a number for scripts"),
    _cli_only("polarisation", "polarise_pellet", "electronic conductivity", "polarisation", "a file is named by path"),
    _cli_only("export", "export_lab", "all results as tables and an RO-Crate", "export", "writes a folder"),
    _cli_only("back up", "back_up", "copy the database, verified", "db backup", "writes a file"),
    _cli_only("restore", "restore_backup", "go back to a backup", "db restore", "no face may be open then"),
    _cli_only("upgrade", "upgrade_database", "bring the database up to date", "db upgrade", "no face may be open then"),
    _cli_only("copy", "copy_database", "move the lab to another kind of database", "db copy", "names two databases"),
    _cli_only("add lot", "add_lot", "put a jar on the shelf", "stock add", _BENCH),
    _cli_only("stock", "stock_list", "lots and what is left", "stock list", _BENCH),
    _cli_only("lot fired", "lot_event", "a jar was fired to dry it", "stock fired", _BENCH),
    _cli_only("count lot", "lot_event", "how much is really left", "stock count", _BENCH),
    _cli_only("close lot", "lot_event", "no recipe takes the lot any more", "stock close", _BENCH),
    _cli_only("sign off", "sign_off_recipe", "freeze the recipe under a name", "recipe", _BENCH),
    _cli_only("deviation", "add_deviation", "write beside the recipe what was done otherwise", "recipe", _BENCH),
    _cli_only("weigh one by one", "weigh", "record one mass after the other", "weigh", _BENCH),
    _cli_only("weighing", "weighing_progress", "what is weighed and what is missing", "weigh", _BENCH),
    _cli_only("rescue", "rescue_weighing", "too much of one: more of the others, or accept it", "weigh", _BENCH),
    _cli_only("new load", "new_load", "put samples into one firing", "load new", _BENCH),
    _cli_only("load", "load_view", "what lies in a load", "load show", _BENCH),
    _cli_only("loads", "load_list", "the furnace loads", "load list", _BENCH),
    _cli_only("fire masses", "fire", "record a firing with its mass loss", "fire", _BENCH),
    _cli_only("fire load", "fire_load", "record the firing of a whole load", "fire", _BENCH),
    _cli_only("devices", "find_bench_devices", "balances and furnaces at the ports", "bench devices", _BENCH),
    _cli_only("runs", "live_firings", "what the furnace did", "bench runs", _BENCH),
    _cli_only("furnace card", "firing_card", "a program for typing in", "bench card", _BENCH),
    _cli_only("phase", "set_phase", "what diffraction found in a pellet", "pellet phase", _BENCH),
    _cli_only("life cycle", "life_cycle", "where everything stands", "campaign cycle", "a table for scripts"),
    _cli_only("impact", "impact_of", "what a result had caused", "campaign impact", "asked about one result"),
    _cli_only("backtest", "backtest", "ask a past question again", "campaign backtest", "a table for scripts"),
    _cli_only("why", "explain_suggestion", "why a suggestion was made", "campaign why", "asked about one suggestion"),
    Action("board", "board", "samples by state", "sample list", "board", "1"),
    Action("status", "campaign_state", "how the campaign stands", "campaign status", "board", "1"),
    Action("health", "campaign_health", "is it worth going on?", "campaign health", "board", "h"),
    Action("new sample", "new_sample", "begin a sample from a formula", "sample new", "board", "n"),
    Action("report", "write_report", "write the HTML report", "report", "board", "e"),
    Action("inbox", "inbox", "imported files and verdicts", "inbox list", "inbox", "2"),
    Action("waiting", "inbox_page", "only what waits for somebody", "inbox list", "inbox", "w"),
    Action("assign", "assign", "say whose file it is", "inbox assign", "inbox", "a"),
    Action("import", "import_files", "import a file or folder", "import", "inbox", "o"),
    Action("ask for new", "suggest_compositions", "ask for new compositions", "suggest", "suggestions", "n"),
    Action("accept", "decide_suggestions", "accept the suggestion", "suggest", "suggestions", "a"),
    Action("reject", "decide_suggestions", "reject the suggestion", "suggest", "suggestions", "x"),
    Action("hold", "decide_suggestions", "keep the suggestion for later", "suggest", "suggestions", "h"),
    Action("why", "suggestion_reasons", "why the model says so", "predict", "suggestions", "w"),
    Action("make sample", "new_sample", "begin a sample from the suggestion", "sample new", "suggestions", "m"),
    Action("bench sheet", "bench_sheet", "masses, programs, pressing", "recipe", "recipe", "4"),
    Action("plan", "sample_sheet", "plan the recipe, or plan it anew", "recipe", "recipe", "r"),
    Action("weigh", "record_weighing", "record what the balance showed", "weigh", "recipe", "w"),
    Action("as planned", "record_weighing", "record the sheet's masses as weighed", "weigh", "recipe", "p"),
    Action("weigh live", "weigh_live", "weigh with the balance on its cable", "bench weigh", "recipe", "b"),
    Action("fire", "record_firing", "record a calcination or sintering", "fire", "recipe", "f"),
    Action("furnace", "furnace_views", "what the furnaces on a cable do", "bench runs", "recipe", "u"),
    Action("fire live", "fire_live", "run and log the furnace on its cable", "bench fire", "recipe", "l"),
    Action("attach", "attach_live", "find a running furnace again", "bench attach", "recipe", "t"),
    Action("give up run", "give_up_run", "close a run without a firing", "bench end", "recipe", "e"),
    Action("sample story", "sample_story", "a sample's whole story", "sample show", "sample", "5"),
    Action("new pellet", "new_pellet", "begin a pellet", "pellet new", "sample", "p"),
    Action("geometry", "set_geometry", "enter a pellet's geometry", "pellet geometry", "sample", "g"),
    Action("failed", "close_sample", "it failed, and may be tried again", "sample fail", "sample", "f"),
    Action("abandon", "close_sample", "give the sample up for good", "sample abandon", "sample", "x"),
    Action("spectrum", "analysis_view", "Nyquist plot with the fit", "analysis show", "spectrum", "6"),
    Action("plot", "spectrum_plots", "Nyquist, Bode, residuals, relaxation times", "analysis show", "spectrum", "p"),
    Action("refit", "refit_analysis", "leave points out, choose a circuit", "analysis refit", "spectrum", "c"),
    Action("undo", "restore_analysis", "back to the analysis before", "analysis restore", "spectrum", "u"),
    Action("accept", "sign_analysis", "sign the analysis: it teaches", "analysis accept", "spectrum", "a"),
    Action("reject", "sign_analysis", "reject the analysis: it never teaches", "analysis reject", "spectrum", "x"),
    Action("retract", "retract_analysis", "take the result back", "analysis retract", "spectrum", "t"),
    Action("train", "train_model", "train the model on all results", "train", "model", "t"),
    Action("dopants", "screen_dopants", "score the 49 dopants", "screen", "model", "d"),
    Action("map", "score_dopants", "the scores over the periodic table", "screen", "model", "m"),
    Action("quality", "stored_quality", "parity and calibration of the model", "validate", "model", "c"),
    Action("journal", "journal", "who did what, and when", "campaign journal", "journal", "8"),
    Action("doctor", "examine", "look again for what is broken", "doctor", "doctor", "d"),
    Action("settings", "settings_rows", "every setting and where it came from", "settings", "doctor", "s"),
    Action("check", "check_database", "prove that the database is whole", "db check", "doctor", "c"),
)
"""In the order of the work."""
