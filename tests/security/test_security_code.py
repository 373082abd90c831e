"""What the product's code may not do, read from its syntax trees: a rule with an exception shows it here by name."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PRODUCT = sorted(
    path
    for package in ("nasicon_loop", "instruments", "recipes", "db")
    for path in (ROOT / package).rglob("*.py")
    if "__pycache__" not in path.parts
)
EVALUATES = {"eval", "exec", "compile", "__import__", "literal_eval", "breakpoint"}
UNPICKLES = {"pickle", "cPickle", "_pickle", "dill", "cloudpickle", "marshal", "shelve", "jsonpickle", "joblib", "yaml"}
LOADS = {
    ("torch", "load"), ("np", "load"), ("numpy", "load"), ("pd", "read_pickle"), ("pandas", "read_pickle"),
    ("pd", "eval"), ("os", "system"), ("os", "popen"), ("joblib", "load"), ("ctypes", "CDLL"),
}  # fmt: skip
LISTENS = {"socketserver", "http.server", "xmlrpc", "wsgiref", "uvicorn", "aiohttp", "flask", "textual_serve"}
XML_READERS = {"instruments/run_folder.py"}
STARTS_PROCESSES = {
    "nasicon_loop/cli/start.py", "nasicon_loop/lab/retraining.py", "nasicon_loop/lab/watched.py",
    "nasicon_loop/tui/browser.py", "nasicon_loop/tui/jobs.py", "nasicon_loop/tui/watchers.py",
    "nasicon_loop/twin/commands.py",
}  # fmt: skip


def place(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@cache
def nodes() -> tuple[tuple[str, ast.AST], ...]:
    wanted = (ast.Call, ast.Import, ast.ImportFrom, ast.Attribute)
    return tuple(
        (place(path), node)
        for path in PRODUCT
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, wanted)
    )


def imports() -> Iterator[tuple[str, str]]:
    for where, node in nodes():
        if isinstance(node, ast.Import):
            yield from ((where, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield where, node.module


def calls() -> Iterator[tuple[str, ast.Call]]:
    yield from ((where, node) for where, node in nodes() if isinstance(node, ast.Call))


def test_there_is_a_product_to_look_at() -> None:
    assert len(PRODUCT) > 150


def test_nothing_is_evaluated() -> None:
    found = [
        f"{where}:{call.lineno}"
        for where, call in calls()
        if isinstance(call.func, ast.Name) and call.func.id in EVALUATES
    ]
    assert found == []


def test_nothing_is_unpickled_nor_loaded_by_something_that_can_run_code() -> None:
    assert [(where, name) for where, name in imports() if name.split(".")[0] in UNPICKLES] == []
    found = [
        f"{where}:{call.lineno}"
        for where, call in calls()
        if isinstance(call.func, ast.Attribute)
        and isinstance(call.func.value, ast.Name)
        and (call.func.value.id, call.func.attr) in LOADS
    ]
    assert found == []


def test_no_shell_and_no_process_but_our_own() -> None:
    shells = [
        f"{where}:{call.lineno}"
        for where, call in calls()
        for keyword in call.keywords
        if keyword.arg == "shell" and not (isinstance(keyword.value, ast.Constant) and keyword.value.value is False)
    ]
    assert shells == []
    starters = {
        where
        for where, node in nodes()
        if (isinstance(node, ast.Import) and any(alias.name == "subprocess" for alias in node.names))
        or (isinstance(node, ast.Attribute) and node.attr.startswith("create_subprocess"))
    }
    assert starters <= STARTS_PROCESSES


def test_xml_is_parsed_in_one_place_that_refuses_document_types() -> None:
    readers = {where for where, name in imports() if name.split(".")[0] in {"xml", "lxml", "defusedxml"}}
    assert readers <= XML_READERS


def test_nothing_listens_but_the_browser_server_and_the_simulated_devices() -> None:
    serving = {where for where, name in imports() if name.split(".")[0] in LISTENS or name in LISTENS}
    assert serving == {"nasicon_loop/tui/browser.py"}, "on 127.0.0.1 and behind a key: tests/tui/test_tui_browser.py"
    listening = {
        where
        for where, call in calls()
        if isinstance(call.func, ast.Attribute) and call.func.attr in {"listen", "create_server", "start_server"}
    }
    assert all(where.startswith("instruments/sim/") for where in listening), listening


def test_no_table_for_spreadsheets_is_written() -> None:
    """A cell that begins with = + - @ is a formula to a spreadsheet: whoever adds a CSV has to neutralise it.

    `lab/fetching.py` does: test_no_cell_of_the_table_is_a_formula. `report/tables.py` writes its cells itself:
    test_no_cell_computes_in_a_spreadsheet.
    """
    writing = [
        f"{where}:{call.lineno}"
        for where, call in calls()
        if isinstance(call.func, ast.Attribute)
        and (
            call.func.attr in {"to_csv", "to_excel", "DictWriter"}
            or (call.func.attr == "writer" and isinstance(call.func.value, ast.Name) and call.func.value.id == "csv")
        )
    ]
    assert [where.partition(":")[0] for where in writing] == ["nasicon_loop/lab/fetching.py"]


def test_no_predictable_temporary_name_and_no_file_for_everybody() -> None:
    for path in PRODUCT:
        text = path.read_text(encoding="utf-8")
        for word in ("mktemp(", "0o777", "0o666", ".umask("):
            assert word not in text, f"{place(path)}: {word}"


def test_the_screens_never_read_markup() -> None:
    """`Static`, `Label` and `notify` read [brackets] as markup unless told otherwise."""
    wrong = []
    for where, call in calls():
        if not where.startswith("nasicon_loop/tui/"):
            continue
        name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
        if name not in {"Static", "Label", "notify"} or not call.args:
            continue
        is_constant = isinstance(call.args[0], ast.Constant)
        is_off = any(k.arg == "markup" and getattr(k.value, "value", True) is False for k in call.keywords)
        if not (is_constant or is_off):
            wrong.append(f"{where}:{call.lineno}")
    assert wrong == []


def test_consoles_never_read_markup() -> None:
    wrong = [
        f"{where}:{call.lineno}"
        for where, call in calls()
        if isinstance(call.func, ast.Name)
        and call.func.id == "Console"
        and not any(k.arg == "markup" and getattr(k.value, "value", True) is False for k in call.keywords)
    ]
    assert wrong == []
