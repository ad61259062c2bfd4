"""The rows of a batch file, read one after the other."""

import csv
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from tui.core.fault import Fault
from tui.core.language import _
from tui.services.batch.source import Format

_BOM = b"\xef\xbb\xbf"
_MOST_CELL = 2**20  # characters
_decode = json.JSONDecoder().decode
_DELIMITERS = ",;\t"


@dataclass(frozen=True, slots=True)
class RawRow:
    """What stands on a line, by field, or the fault that keeps it from being read."""

    line: int
    values: Mapping[str, Any] = field(default_factory=dict)
    fault: Fault | None = None


def read_rows(file: Iterable[bytes], form: Format) -> Iterator[RawRow]:
    """Read all rows; blank lines are none."""
    match form:
        case Format.JSONL:
            return _lines(file, _object)
        case Format.CSV:
            return _csv(file)
        case Format.LINES:
            return _lines(file, lambda text: {"prompt": text})


class _BadLineError(Exception):
    pass


def _lines(file: Iterable[bytes], read: Any) -> Iterator[RawRow]:
    for number, raw in enumerate(file, 1):
        data = raw.removeprefix(_BOM) if number == 1 else raw
        try:
            text = data.decode().rstrip("\r\n")
            if text and not text.isspace():
                yield RawRow(number, read(text))
        except UnicodeDecodeError as error:
            rule = _("is not UTF-8 text (byte {start})", start=error.start + 1)
            yield RawRow(number, fault=Fault("text", "", rule))
        except _BadLineError as error:
            yield RawRow(number, fault=Fault("json", "", str(error)))


def _object(text: str) -> Mapping[str, Any]:
    try:
        value = _decode(text)
    except json.JSONDecodeError as error:
        raise _BadLineError(
            _("column {colno}: {lower}", colno=error.colno, lower=_lower(error.msg))
        ) from error
    except (ValueError, RecursionError) as error:
        raise _BadLineError(_("column 1: nested too deep, or a number too long")) from error
    match value:
        case dict():
            return value
        case str():
            return {"prompt": value}
        case list():
            raise _BadLineError(
                _('is a list; write one object a line, such as {"prompt": "a cat"}')
            )
        case _:
            raise _BadLineError(_('must be an object, such as {"prompt": "a cat"}'))


def _csv(file: Iterable[bytes]) -> Iterator[RawRow]:
    csv.field_size_limit(_MOST_CELL)
    decoded = _decoded(file)
    first = next((line for line in decoded if line.strip()), "")
    delimiter = max(_DELIMITERS, key=first.count)
    try:
        head = [_name(cell) for cell in next(csv.reader([first], delimiter=delimiter), [])]
    except csv.Error as error:
        yield RawRow(decoded.number, fault=Fault("csv", "", _lower(str(error))))
        return
    skipped = decoded.number - 1
    yield from _head_faults(head, decoded.number)
    reader = csv.reader(decoded, delimiter=delimiter, strict=True)
    while True:
        line = reader.line_num + skipped + 2
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield RawRow(line, fault=Fault("csv", "", _lower(str(error))))
            continue
        if any(cell.strip() for cell in cells):
            yield _csv_row(line, head, cells)


def _csv_row(line: int, head: list[str], cells: list[str]) -> RawRow:
    if len(cells) > len(head):
        rule = _(
            "has {count} cells where the first line names {count2} columns",
            count=len(cells),
            count2=len(head),
        )
        return RawRow(
            line, fault=Fault("csv", "", _("{rule}; put text with commas in quotes", rule=rule))
        )
    values: dict[str, Any] = {}
    for name, cell in zip(head, cells, strict=False):
        if not cell.isascii():
            try:
                cell.encode()
            except UnicodeEncodeError:
                return RawRow(line, fault=Fault(name, "", _("is not UTF-8 text")))
        if name == "image":
            images = [part.strip() for part in cell.split("|") if part.strip()]
            values[name] = [*values.get(name, []), *images]
        else:
            values[name] = cell
    return RawRow(line, values)


def _head_faults(head: list[str], line: int) -> Iterator[RawRow]:
    double = [name for name in dict.fromkeys(head) if head.count(name) > 1 and name != "image"]
    for name in double:
        yield RawRow(line, fault=Fault(name, "", _("is the name of two columns")))
    if "prompt" not in head:
        rule = _(
            "there is no such column; the first line names {head}", head=", ".join(head) or "none"
        )
        yield RawRow(line, fault=Fault("prompt", "", rule))


class _decoded(Iterator[str]):  # noqa: N801 - stands for the lines it gives
    """The lines as text, what is no UTF-8 as lone surrogates; `number` is that of the last."""

    def __init__(self, file: Iterable[bytes]) -> None:
        self._file = iter(file)
        self.number = 0

    def __next__(self) -> str:
        data = next(self._file)
        self.number += 1
        if self.number == 1:
            data = data.removeprefix(_BOM)
        return data.decode(errors="surrogateescape")


def _name(cell: str) -> str:
    return cell.strip().casefold().replace("-", "_").replace(" ", "_")


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:]
