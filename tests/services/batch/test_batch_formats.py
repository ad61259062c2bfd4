import io
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.services.batch.formats import RawRow, read_rows
from tui.services.batch.source import Format, Source


def rows(data: bytes, form: Format) -> list[RawRow]:
    return list(read_rows(io.BytesIO(data), form))


def values(data: bytes, form: Format) -> list[tuple[int, Any]]:
    return [
        (row.line, str(row.fault) if row.fault else dict(row.values)) for row in rows(data, form)
    ]


def test_a_prompt_a_line_without_the_blank_ones() -> None:
    found = values("\ufeffa cat\r\n\n  \n一只猫 \n{x}".encode(), Format.LINES)
    assert found == [(1, {"prompt": "a cat"}), (4, {"prompt": "一只猫 "}), (5, {"prompt": "{x}"})]


def test_jsonl_names_the_line_and_the_column_of_a_fault() -> None:
    data = b'{"prompt": "a", "n": 2}\n\n{"prompt" "b"}\n[1]\n3\n"just a prompt"\n\xff\n'
    data += b"[" * 100_000
    assert values(data, Format.JSONL) == [
        (1, {"prompt": "a", "n": 2}),
        (3, "json: column 11: expecting ':' delimiter"),
        (4, 'json: is a list; write one object a line, such as {"prompt": "a cat"}'),
        (5, 'json: must be an object, such as {"prompt": "a cat"}'),
        (6, {"prompt": "just a prompt"}),
        (7, "text: is not UTF-8 text (byte 1)"),
        (8, "json: column 1: nested too deep, or a number too long"),
    ]


def test_csv_goes_by_the_lines_of_the_file_and_the_names_of_columns() -> None:
    data = (
        "\ufeffPrompt;Output Format;image;image\r\n"
        '"a ""cat""\nin two lines";png;a.png;\r\n'
        ";;;\r\n"
        "a dog;;a.png | b.png;c.png\r\n"
        "too;many;cells;here;now\r\n"
    ).encode()
    assert values(data, Format.CSV) == [
        (2, {"prompt": 'a "cat"\nin two lines', "output_format": "png", "image": ["a.png"]}),
        (5, {"prompt": "a dog", "output_format": "", "image": ["a.png", "b.png", "c.png"]}),
        (
            6,
            "csv: has 5 cells where the first line names 4 columns; put text with commas in quotes",
        ),
    ]


@pytest.mark.parametrize(
    ("data", "line", "said"),
    [
        (b"text,size\na,b\n", 1, "prompt: there is no such column; the first line names text, si"),
        (b"\n\nprompt,size,size\na,b,c\n", 3, "size: is the name of two columns"),
        (b'prompt\n"never closed\n', 2, "csv: unexpected end of data"),
        (b"prompt,size\na\xff,b\n", 2, "prompt: is not UTF-8 text"),
        (b"", 0, "prompt: there is no such column; the first line names none"),
    ],
)
def test_what_is_wrong_with_a_csv(data: bytes, line: int, said: str) -> None:
    found = next(row for row in rows(data, Format.CSV) if row.fault)
    assert found.line == line
    assert str(found.fault).startswith(said)


@given(st.binary(max_size=200), st.sampled_from(Format))
def test_any_bytes_are_read_or_named(data: bytes, form: Format) -> None:
    for row in rows(data, form):
        assert row.line >= 0
        assert row.fault is None or not row.values


@pytest.fixture
def source(tmp_path: Any) -> Iterator[Any]:
    opened: list[Source] = []

    def make(name: str, data: bytes) -> Source:
        path = tmp_path / name
        path.write_bytes(data)
        opened.append(Source.open(str(path)))
        return opened[-1]

    yield make
    for one in opened:
        one.close()


@pytest.mark.parametrize(
    ("name", "data", "form"),
    [
        ("a.jsonl", b"x", Format.JSONL),
        ("a.CSV", b"x", Format.CSV),
        ("a.tsv", b"x", Format.CSV),
        ("a.txt", b'{"prompt": "x"}', Format.LINES),
        ("a", b'\xef\xbb\xbf{"prompt": "x"}', Format.JSONL),
        ("a", b"{red|blue} bird", Format.LINES),
        ("a", b"", Format.LINES),
    ],
)
def test_the_format_follows_the_ending_or_the_first_line(
    source: Any, name: str, data: bytes, form: Format
) -> None:
    opened = source(name, data)
    assert opened.format() is form
    assert opened.rewound().read() == data
