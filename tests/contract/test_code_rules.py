"""The rules that keep the code base readable and its promise true, checked on every file."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("schemas", "processors", "sinks", "streams")
LONGEST_FILE = 300
LONGEST_FUNCTION = 40
VOCABULARIES = {"schemas/records/terms.py"}
"""Lists of words, looked up and not read from top to bottom."""
BANNED_FAUST = {
    "take",
    "take_with_timestamp",
    "group_by",
    "through",
    "Table",
    "GlobalTable",
    "SetTable",
    "echo",
}


def sources() -> list[Path]:
    return [path for package in PACKAGES for path in sorted((ROOT / package).rglob("*.py"))]


def functions(tree: ast.AST) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def length(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Lines of the body: a command's signature is the list of its options, not logic."""
    return (node.end_lineno or 0) - node.body[0].lineno + 1


def calls_of_attribute(tree: ast.AST) -> Iterator[tuple[str, int]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            yield node.func.attr, node.lineno


@pytest.mark.parametrize("path", sources(), ids=lambda path: str(path.relative_to(ROOT)))
def test_a_file_and_its_functions_fit_in_a_head(path: Path):
    text = path.read_text(encoding="utf-8")

    too_long = [
        f"{node.name}: {length(node)} lines"
        for node in functions(ast.parse(text))
        if length(node) > LONGEST_FUNCTION
    ]

    assert len(text.splitlines()) <= LONGEST_FILE or str(path.relative_to(ROOT)) in VOCABULARIES
    assert too_long == []


def test_exactly_one_function_acknowledges():
    found = [
        f"{path.relative_to(ROOT)}:{line}"
        for path in sources()
        for name, line in calls_of_attribute(ast.parse(path.read_text(encoding="utf-8")))
        if name == "ack"
    ]

    assert [place.split(":")[0] for place in found] == ["streams/stages/acker.py"]


def test_stages_use_nothing_of_faust_that_acknowledges_early_or_keeps_state():
    found = [
        f"{path.relative_to(ROOT)}:{line} {name}"
        for path in sorted((ROOT / "streams/stages").rglob("*.py"))
        for name, line in calls_of_attribute(ast.parse(path.read_text(encoding="utf-8")))
        if name in BANNED_FAUST and not (name == "take" and "acker" in ast.unparse(_call_at(path, line)))
    ]

    assert found == []


def test_faust_is_imported_by_stages_only():
    found = [
        str(path.relative_to(ROOT))
        for path in sources()
        if "import faust" in path.read_text(encoding="utf-8") and path.parent.name != "stages"
    ]

    assert found == []


@pytest.mark.parametrize(
    "command",
    [
        ["ruff", "format", "--check", "."],
        ["ruff", "check", "."],
        ["mypy"],
        ["lint-imports"],
    ],
    ids=["format", "lint", "types", "import directions"],
)
def test_the_checks_of_make_check_pass(command: list[str]):
    binary = Path(sys.executable).parent / command[0]

    result = subprocess.run(
        [binary, *command[1:]], cwd=ROOT, capture_output=True, text=True, timeout=280, check=False
    )

    assert result.returncode == 0, result.stdout[-3000:] + result.stderr[-1000:]


def _call_at(path: Path, line: int) -> ast.AST:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return next(node for node in ast.walk(tree) if isinstance(node, ast.Call) and node.lineno == line)
