import re
import shlex
import tomllib
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

import click
import pytest

from tui.cli import exits
from tui.cli.commands import COMMANDS
from tui.cli.context import Cli
from tui.cli.flags import given_fields
from tui.cli.models import models_markdown
from tui.cli.root import root
from tui.core.job import ErrorKind, State
from tui.models import find_model

_TREE = Path(__file__).parents[1]
_PAGES = {name: (_TREE / name).read_text("utf-8") for name in ("README.md", "README.zh-CN.md")}
_FENCED = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_SUBSTITUTED = re.compile(r"\$\((imagedeck [^)]*)\)")
_OPERATORS = frozenset("();<>|&")
_LINK = re.compile(r"\]\(([^)#:]+)[^):]*\)")

each_page = pytest.mark.parametrize("page", _PAGES.values(), ids=_PAGES)


def shell_lines(page: str) -> Iterator[list[str]]:
    """Yield the words of each line that a reader would type, without its comment."""
    for language, block in _FENCED.findall(page):
        if language not in {"sh", "console"}:
            continue
        lines = block.replace("\\\n", " ").splitlines()
        if language == "console":
            lines = [line[2:] for line in lines if line.startswith("$ ")]
        for line in lines:
            words = shlex.shlex(line, posix=True, punctuation_chars=True)
            words.whitespace_split = True
            yield list(words)


def imagedeck_commands(page: str) -> Iterator[list[str]]:
    """Yield the arguments of each `imagedeck`, in pipes, substitutions and `make run` too."""
    for words in shell_lines(page):
        for word in words:
            yield from (shlex.split(one)[1:] for one in _SUBSTITUTED.findall(word))
            if word.startswith("ARGS="):
                yield shlex.split(word.removeprefix("ARGS="))
        for _, (first, *rest) in groupby(words, key=_OPERATORS.issuperset):
            if first == "imagedeck":
                yield rest


def parse(args: list[str]) -> click.Context:
    """Parse a command line down to its last command, running nothing."""
    context = root.make_context("imagedeck", list(args), obj=Cli())
    while isinstance(context.command, click.Group):
        if not (rest := [*context._protected_args, *context.args]):
            break  # the app
        name, command, rest = context.command.resolve_command(context, rest)
        assert command
        context = command.make_context(name, rest, parent=context)
    return context


def test_the_parser_of_this_test_finds_every_way_to_write_a_command() -> None:
    page = (
        '```sh\nmake run ARGS="models --json"\necho x | imagedeck generate gpt - > y  # why\n'
        'eval "$(imagedeck completion zsh)"\n```\n```console\n$ imagedeck jobs\nJOB AGE\n```\n'
    )
    assert list(imagedeck_commands(page)) == [
        ["models", "--json"],
        ["generate", "gpt", "-"],
        ["completion", "zsh"],
        ["jobs"],
    ]


@each_page
def test_every_command_parses(page: str) -> None:
    commands = list(imagedeck_commands(page))
    assert {args[0] for args in commands} >= set(COMMANDS) - {"wait", "retry", "resolve", "prune"}
    for args in commands:
        if "--help" not in args:  # which ends the program where it is parsed
            assert parse(args)


@each_page
def test_every_request_is_valid_without_a_warning_unless_it_shows_its_faults(page: str) -> None:
    shown = re.findall(r"^\$ (.*)\n(?=\w+: ')", page, re.MULTILINE)
    faulty = [shlex.split(line)[1:] for line in shown]
    assert len(faulty) == 1
    for args in imagedeck_commands(page):
        if args[0] != "generate" or "--help" in args:
            continue
        context = parse(args)
        model = find_model(args[1])
        fields = {name: raw for name, raw in context.params.items() if name not in _NOT_FIELDS}
        prompt = " ".join(context.params["prompt"])
        checked = model.validate({**given_fields(model, fields), "prompt": prompt}, ())
        assert bool(checked.faults) is (args in faulty), args


@each_page
def test_every_command_that_is_named_exists(page: str) -> None:
    assert set(re.findall(r"`imagedeck (\w+)", page)) <= set(COMMANDS)
    targets = set(re.findall(r"^(\w+):", (_TREE / "Makefile").read_text("utf-8"), re.MULTILINE))
    assert set(re.findall(r"(?:^|`)make (\w+)", page, re.MULTILINE)) <= targets


@each_page
def test_the_table_of_models_is_the_declarations_own(page: str) -> None:
    table = page.partition("<!-- models -->\n")[2].partition("\n<!-- /models -->")[0]
    assert table == models_markdown(), "write it anew from `imagedeck models --markdown`"


@each_page
def test_states_error_kinds_and_exit_codes_are_those_of_the_program(page: str) -> None:
    first_cells = re.findall(r"^\| ([^|]+) \|", page, re.MULTILINE)
    states = [cell.strip("`") for cell in first_cells if cell.strip("`") in set(State)]
    assert states == list(State)
    kinds = re.search(r"`error\.kind`[^.。]*?(invalid[\w,、\s]*disk)", page)
    assert kinds
    assert re.findall(r"\w+", kinds[1]) == list(ErrorKind)
    codes = {number for cell in first_cells if cell[0].isdigit() for number in _numbers(cell)}
    assert codes == {exits.OK, exits.USAGE, *exits._PRECEDENCE}
    order = re.search(r"5[,、] ?3[\d,、 ]+", page)
    assert order
    assert tuple(_numbers(order[0])) == exits._PRECEDENCE


def test_both_languages_have_the_same_commands_and_output() -> None:
    english, chinese = (list(shell_lines(page)) for page in _PAGES.values())
    assert english == chinese
    shown = [
        [block for language, block in _FENCED.findall(page) if language in {"console", "json"}]
        for page in _PAGES.values()
    ]
    assert shown[0] == shown[1]


@pytest.mark.parametrize(
    "path", [*_PAGES, *(f"docs/{one.name}" for one in sorted((_TREE / "docs").glob("*.md")))]
)
def test_links_lead_somewhere(path: str) -> None:
    page = _TREE / path
    for link in _LINK.findall(page.read_text("utf-8")):
        assert (page.parent / link).exists(), link


def test_each_dependency_has_its_reason() -> None:
    project = tomllib.loads((_TREE / "pyproject.toml").read_text("utf-8"))
    extra = project["project"]["optional-dependencies"]["shared"]
    declared = [*project["project"]["dependencies"], *project["dependency-groups"]["dev"], *extra]
    page = (_TREE / "docs" / "dependencies.md").read_text("utf-8")
    cells = re.findall(r"^\| ([\w, -]+)(?:\[\w+\])? \|", page, re.MULTILINE)
    explained = {name for cell in cells for name in cell.split(", ")}
    names = {re.split(r"[<>=\[;]", one)[0] for one in declared}
    assert names <= explained, names - explained


_NOT_FIELDS = {
    *("prompt", "count", "preset", "dry_run", "no_wait", "timeout", "yes"),
    *("expand", "sample", "seed", "sets", "budget"),
}


def _numbers(text: str) -> list[int]:
    return [int(number) for number in re.findall(r"\d+", text)]
