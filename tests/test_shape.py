"""The limits of house style, without exemptions."""

import ast
from pathlib import Path

import pytest

_TREE = Path(__file__).parents[1]
_MODULES = sorted((_TREE / "tui").rglob("*.py"))
_MOST_LINES, _MOST_FUNCTION_LINES, _MOST_METHODS = 250, 40, 15
_VAGUE_NAMES = {"manager", "helper", "helpers", "utils", "util", "base", "misc"}

each_module = pytest.mark.parametrize(
    "module", _MODULES, ids=lambda path: str(path.relative_to(_TREE))
)


@each_module
def test_a_module_is_short_and_named_for_what_it_is(module: Path) -> None:
    assert len(module.read_text("utf-8").splitlines()) <= _MOST_LINES
    assert module.stem.split("_")[-1] not in _VAGUE_NAMES


@each_module
def test_a_module_says_what_it_is_in_one_sentence(module: Path) -> None:
    said = ast.get_docstring(ast.parse(module.read_text("utf-8"))) or ""
    first, *rest = said.splitlines()
    assert first.endswith((".", ":"))
    assert not rest or not rest[0]


@each_module
def test_functions_and_classes_are_short(module: Path) -> None:
    for node in ast.walk(ast.parse(module.read_text("utf-8"))):
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                lines = (node.end_lineno or node.lineno) - node.lineno + 1
                assert lines <= _MOST_FUNCTION_LINES, f"{node.name} has {lines} lines"
            case ast.ClassDef():
                public = {one for one in _methods(node) if not one.startswith("_")}
                assert len(public) <= _MOST_METHODS, f"{node.name} has {len(public)} methods"


def _methods(node: ast.ClassDef) -> list[str]:
    return [
        one.name for one in node.body if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef)
    ]
