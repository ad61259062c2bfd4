"""Every key of a TOML text is found on its line, however it is written."""

import json
import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.services.settings.lines import key_lines

NAMES = st.one_of(
    st.from_regex(r"[A-Za-z0-9_-]{1,6}", fullmatch=True),
    st.text(
        st.characters(min_codepoint=32, max_codepoint=0x2FF, exclude_characters="\x7f"),
        min_size=1,
        max_size=6,
    ),
)
VALUES = st.sampled_from(
    [
        "1",
        "-0.5",
        "true",
        "1979-05-27T07:32:00Z",
        '"a = 1 # [x]"',
        "'[x]'",
        '"""\na = 1\n[x]\n\\" "" """""',
        "'''\nb = 2\n# \"\n'''",
        '""',
        '""""""',
        "[\n  1, # ]\n  2,\n]",
        '[["a]"], [\n"b = 1"\n]]',
        "{ a = 1, b = { c = ']' } }",
        "[]",
    ]
)


def quoted(name: str, *, literal: bool) -> str:
    if literal and "'" not in name and name.isprintable():
        return f"'{name}'"
    return json.dumps(name).replace("\\u007f", "\\u007F")


def is_bare(name: str) -> bool:
    return name.isascii() and all(char.isalnum() or char in "_-" for char in name)


@st.composite
def texts(draw: st.DrawFn) -> tuple[str, dict[tuple[str, ...], int]]:
    """A valid text, with the line of every key and table in it."""
    lines: list[str] = []
    expected: dict[tuple[str, ...], int] = {}

    def written(name: str) -> str:
        bare = is_bare(name) and draw(st.booleans())
        return name if bare else quoted(name, literal=draw(st.booleans()))

    def pad() -> str:
        return draw(st.sampled_from(["", " ", "\t"]))

    def put(text: str) -> int:
        lines.extend(draw(st.lists(st.sampled_from(["", "# a = 1", "   # [x]", " "]), max_size=2)))
        number = len(lines) + 1
        lines.extend((text + draw(st.sampled_from(["", " # end ] ' \" '''"]))).split("\n"))
        return number

    names = draw(st.lists(NAMES, unique=True, max_size=8))
    tables = draw(st.lists(st.integers(0, 2), min_size=len(names), max_size=len(names)))
    table = ""
    for name, kind in zip(names, tables, strict=True):
        if kind == 0:
            number = put(f"{pad()}[{pad()}{written(name)}{pad()}]")
            expected[name,] = number
            table = name
        else:
            parts = (name, "inner") if kind == 1 else (name,)
            key = f"{pad()}.{pad()}".join(written(part) for part in parts)
            number = put(f"{pad()}{key}{pad()}={pad()}{draw(VALUES)}")
            prefix = (table,) if table else ()
            for length in range(1, len(parts) + 1):
                expected[(*prefix, *parts[:length])] = number
    return draw(st.sampled_from(["\n", "\r\n"])).join(lines), expected


@given(texts())
def test_every_key_is_found_on_its_line(sample: tuple[str, dict[tuple[str, ...], int]]) -> None:
    text, expected = sample
    tomllib.loads(text)
    assert key_lines(text) == expected


@pytest.mark.parametrize(
    ("text", "path", "line"),
    [
        ("a = 1", ("a",), 1),
        ("\n\n[[a.b]]\nc = 1\n[[a.b]]\nc = 2", ("a", "b", "c"), 4),
        ("x = 1\n[a . 'b.c']\n\"d e\" = 1", ("a", "b.c", "d e"), 3),
        ("a.b = 1\na.c = 2", ("a", "c"), 2),
        ("a.b = 1\na.c = 2", ("a",), 1),
    ],
)
def test_headers_and_dotted_keys(text: str, path: tuple[str, ...], line: int) -> None:
    assert key_lines(text)[path] == line


@given(st.text(st.sampled_from("ab.[]{}=\"'#\n\\ 1,"), max_size=60))
def test_no_text_makes_it_raise_when_toml_takes_it(text: str) -> None:
    try:
        tree = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return
    assert {path[0] for path in key_lines(text)} == set(tree)
