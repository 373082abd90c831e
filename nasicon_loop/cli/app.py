"""The command tree. Nothing heavy is imported here: each command imports its use case when it runs."""

from importlib.metadata import version
from typing import Annotated

import typer

from nasicon_loop.cli import (
    bench,
    bench_live,
    database,
    export,
    fetch,
    fit,
    load,
    loop,
    make,
    measure,
    mind,
    pellets,
    quality,
    screening,
    start,
    stock,
    validating,
)
from nasicon_loop.cli import (
    data as data_room,
)

app = typer.Typer(
    name="nasicon",
    help="Closed loop for doped NASICON electrolytes: suggest, make, measure, fit, learn.",
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    no_args_is_help=True,
    add_completion=False,
)


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"nasicon_loop {version('nasicon_loop')}")
        raise typer.Exit


@app.callback()
def _root(
    _version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version and leave.")
    ] = False,
) -> None:
    """Closed loop for doped NASICON electrolytes: suggest, make, measure, fit, learn."""


def _group(name: str, text: str) -> typer.Typer:
    group = typer.Typer(name=name, help=text, rich_markup_mode=None, no_args_is_help=True)
    app.add_typer(group)
    return group


app.command("init")(start.init)
app.command("demo")(start.demo)
app.command("doctor")(start.doctor)
app.command("settings")(start.settings)
app.command("tui")(start.tui)

data = _group("data", "Literature table, composition facts, CIF files.")
data.command("import")(loop.data_import)
data.command("fetch")(fetch.data_fetch)
data.command("show")(data_room.data_show)
data.command("check")(data_room.data_check)
data.command("cif")(loop.data_cif)

app.command("train")(loop.train)
app.command("validate")(validating.validate)
app.command("predict")(loop.predict)
app.command("screen")(screening.screen)
app.command("suggest")(loop.suggest)

sample = _group("sample", "Powder batches and their whole story.")
sample.command("new")(make.sample_new)
sample.command("show")(make.sample_show)
sample.command("list")(make.sample_list)
sample.command("fail")(make.sample_fail)
sample.command("abandon")(make.sample_abandon)
sample.command("arrhenius")(quality.sample_arrhenius)
sample.command("pooled")(quality.sample_pooled)

app.command("recipe")(make.recipe)
shelf = _group("stock", "Lots of precursors: assay, loss on ignition, what is left.")
shelf.command("add")(stock.stock_add)
shelf.command("list")(stock.stock_list)
shelf.command("fired")(stock.stock_fired)
shelf.command("count")(stock.stock_count)
shelf.command("close")(stock.stock_close)
app.command("weigh")(bench.weigh)
furnace_load = _group("load", "What shares one firing, with an undoped reference.")
furnace_load.command("new")(load.load_new)
furnace_load.command("show")(load.load_show)
furnace_load.command("list")(load.load_list)
app.command("fire")(bench.fire)
at_the_bench = _group("bench", "Balance and furnace on their cables: find, weigh, fire, find again.")
at_the_bench.command("devices")(bench_live.bench_devices)
at_the_bench.command("weigh")(bench_live.bench_weigh)
at_the_bench.command("fire")(bench_live.bench_fire)
at_the_bench.command("attach")(bench_live.bench_attach)
at_the_bench.command("runs")(bench_live.bench_runs)
at_the_bench.command("card")(bench_live.bench_card)
at_the_bench.command("end")(bench_live.bench_end)

pellet = _group("pellet", "Pressed and sintered pellets, and their geometry.")
pellet.command("new")(pellets.pellet_new)
pellet.command("geometry")(pellets.pellet_geometry)
pellet.command("phase")(pellets.pellet_phase)

app.command("import")(measure.import_command)
app.command("watch")(measure.watch)
inbox = _group("inbox", "Imported files, and those that wait for a sample.")
inbox.command("list")(measure.inbox_list)
inbox.command("assign")(measure.inbox_assign)
app.command("fit")(fit.fit)
analysis = _group("analysis", "Look at, sign or take back what was concluded from a spectrum.")
analysis.command("show")(measure.analysis_show)
analysis.command("accept")(measure.analysis_accept)
analysis.command("reject")(measure.analysis_reject)
analysis.command("retract")(measure.analysis_retract)
analysis.command("refit")(quality.analysis_refit)
analysis.command("restore")(quality.analysis_restore)
leads = _group("leads", "Short and open of the cables, taken off every sweep.")
leads.command("set")(quality.leads_set)
leads.command("list")(quality.leads_list)
leads.command("clear")(quality.leads_clear)
dummy = _group("dummy", "The daily dummy cell.")
dummy.command("add")(quality.dummy_add)
dummy.command("list")(quality.dummy_list)
app.command("polarisation")(quality.polarisation)

campaign = _group("campaign", "How the campaign stands.")
campaign.command("status")(loop.campaign_status)
campaign.command("journal")(loop.campaign_journal)
campaign.command("cycle")(mind.campaign_cycle)
campaign.command("impact")(mind.campaign_impact)
campaign.command("why")(mind.campaign_why)
campaign.command("health")(mind.campaign_health)
campaign.command("backtest")(mind.campaign_backtest)
app.command("report")(loop.report)
app.command("export")(export.export)

db = _group("db", "Check, repair, back up and upgrade the lab's database.")
db.command("check")(database.check)
db.command("backup")(database.backup)
db.command("restore")(database.restore)
db.command("upgrade")(database.upgrade)
db.command("copy")(database.copy)
