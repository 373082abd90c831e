"""Commands of the data room: what it holds, where a row came from, and where rows disagree."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from nasicon_loop.cli.output import JsonOption, LabOption, opened_lab, refusing, say
from nasicon_loop.core import plain

if TYPE_CHECKING:
    from rich.console import Console

    from nasicon_loop.lab import DataChecked, Provenance


@refusing
def data_show(
    thing: Annotated[
        str | None, typer.Argument(help="A formula, or a row's number to see where it came from; default: all rows.")
    ] = None,
    lab: LabOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show what the literature table holds, or where one row came from."""
    from nasicon_loop.cli.words import plain_table
    from nasicon_loop.lab import literature_rows, names_a_row, row_provenance

    if thing is not None and names_a_row(thing):
        found = row_provenance(opened_lab(lab), thing)
        say(found, lambda screen: _draw_provenance(screen, found), as_json=as_json)
        return
    rows = literature_rows(opened_lab(lab), thing)
    say(
        rows,
        lambda screen: screen.print(
            plain_table(
                ["row", "formula", "sigma / S cm-1", "°C", "kind", "source"],
                (
                    (r.id, r.formula, f"{r.sigma_s_cm:.2e}", f"{r.temperature_c:g}", r.kind, r.source)
                    for r in rows[:100]
                ),
                title=f"{len(rows)} rows" + (" (first 100)" if len(rows) > 100 else ""),
                whole=("row",),
            )
        ),
        as_json=as_json,
    )


def _draw_provenance(screen: "Console", row: "Provenance") -> None:
    at = "" if row.temperature_c is None else f" at {row.temperature_c:g} °C"
    file = "not noted (stored by a version before files were)"
    if row.file_name is not None:
        file = f"{row.file_name}, line {row.line}, SHA-256 {row.file_sha256}"
    lines = [
        ("row", f"{row.row} ({row.row_id})"),
        ("says", f"{row.formula}: {row.value:.3g} {row.unit}{at}, {row.kind}"),
        ("source", row.source + (f", doi {row.doi}" if row.doi else "")),
        ("dataset", row.dataset),
        ("flags", ", ".join(row.flags)),
        ("read from", file),
        ("structure", f"{row.structure_name}, SHA-256 {row.structure_sha256}" if row.structure_name else ""),
        ("imported", f"{row.imported_at:%Y-%m-%d %H:%M} UTC by {row.imported_by}"),
        ("teaches", "yes" if row.teaches else f"no: {row.why_not}"),
    ]
    for name, text in lines:
        if text:
            screen.print(f"{name:10s} {plain(text, limit=600)}", soft_wrap=True)
    for part in row.merged_with:
        screen.print(f"merged with row {part.row}: {10 ** (part.log10_sigma or 0):.3g} S/cm  {plain(part.where)}")


@refusing
def data_check(
    limit: Annotated[int, typer.Option(help="How many findings of each kind to print.", min=1, max=100_000)] = 8,
    lab: LabOption = None,
    as_json: JsonOption = False,
) -> None:
    """List where rows disagree: sources, bulk and total, energies above the hull, the lab's pellets, its references."""
    from nasicon_loop.lab import check_data

    found = check_data(opened_lab(lab))
    say(found, lambda screen: _draw_check(screen, found, limit), as_json=as_json)


def _draw_check(screen: "Console", found: "DataChecked", limit: int) -> None:
    n_compared = found.n_rows - found.n_set_aside
    screen.print(f"{n_compared} published values compared, {found.n_set_aside} set aside; {found.n_energies} energies")
    apart = [group for group in found.across_sources if group.is_flagged]
    together = len(found.across_sources) - len(apart)
    _groups(screen, "sources that differ by more than chance", apart, limit)
    screen.print(f"  {together} more compositions have several sources, within the scatter; --json lists them")
    _groups(screen, "one source, two values", found.within_sources, limit)
    _groups(screen, "bulk below total, which cannot be", found.bulk_below_total, limit)
    _groups(screen, "energies above the hull that differ", found.energies, limit)
    _table(
        screen,
        "formulas that carry a charge, and teach",
        ["row", "formula", "where", "source"],
        [(one.row, one.formula, one.where, _short(one.source)) for one in found.unbalanced],
        limit,
    )
    _table(
        screen,
        "the lab's pellets beside what is published of their composition",
        ["pellet", "composition", "log10 sigma", "median (n)", "apart / dex", "in sd"],
        [
            (
                one.pellet,
                one.composition,
                f"{one.log10_sigma:.2f} ± {one.log10_sigma_sd:.2f}",
                f"{one.median:.2f} ({len(one.published)})",
                f"{one.difference:+.2f}",
                f"{one.in_sd:+.1f}" + _mark(one),
            )
            for one in found.beside_published
        ],
        limit,
    )
    _table(
        screen,
        "reference pellets beside those of other sessions",
        ["pellet", "session", "log10 sigma", "apart / dex", "in sd"],
        [
            (
                one.pellet,
                one.session or "not known",
                f"{one.log10_sigma:.2f} ± {one.log10_sigma_sd:.2f}",
                "-" if one.difference is None else f"{one.difference:+.2f}",
                "-" if one.in_sd is None else f"{one.in_sd:+.1f}" + _mark(one),
            )
            for one in found.references
        ],
        limit,
    )
    screen.print(f"{found.n_flagged} findings to look at; `nasicon data show ROW` says where a row came from")


def _groups(screen: "Console", title: str, groups: Sequence[Any], limit: int) -> None:
    """One block of lines per composition: a table would break its sources over many lines at 80 columns."""
    screen.print(f"{title}: {len(groups) or 'none'}")
    for group in groups[:limit]:
        is_energy = group.values[0].energy_ev is not None
        apart = f"{1000 * group.spread:.0f} meV/atom" if is_energy else f"{group.spread:.2f} dex"
        who = f"{group.n_sources} sources" if group.n_sources > 1 else "one source"
        screen.print(f"  {plain(group.composition, limit=80)}: {apart} apart, {who}{_mark(group)}")
        for one in group.values:
            screen.print(f"    row {_line(one)}", soft_wrap=True)
    _more(screen, len(groups) - limit)


def _line(one: Any) -> str:
    if one.log10_sigma is None:
        said = f"{1000 * one.energy_ev:.0f} meV/atom"
    else:
        said = f"{10**one.log10_sigma:.2e} S/cm {one.temperature_c:g} °C {one.kind}"
    return f"{one.row:5s} {said}  {_short(one.source)}  {plain(one.where, limit=60)}".rstrip()


def _mark(thing: Any) -> str:
    return " !" if thing.is_flagged else ""


def _short(source: str) -> str:
    return plain(source, limit=40)


def _table(screen: "Console", title: str, columns: Sequence[str], rows: Sequence[Sequence[object]], limit: int) -> None:
    from nasicon_loop.cli.words import plain_table

    if not rows:
        screen.print(f"{title}: none")
        return
    screen.print(plain_table(columns, rows[:limit], title=title, whole=("row", "pellet"), tight=True))
    _more(screen, len(rows) - limit)


def _more(screen: "Console", n_left: int) -> None:
    if n_left > 0:
        screen.print(f"  ... and {n_left} more; --limit or --json shows them")
