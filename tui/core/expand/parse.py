"""The reading of `{red|green} bird`, `__animal__` and `{{subject}}`."""

import re
from collections.abc import Callable, Sequence

from tui.core.expand.parts import Choice, Part, Template, Text, Variable
from tui.core.fault import Fault
from tui.core.fields import RefusedError
from tui.core.language import _

Lists = Callable[[str], Sequence[str]]

_DEEPEST = 40
_PLAIN = re.compile(r"[^\\{}|_]+")
_ESCAPED = re.compile(r"\\([\\{}|_:])")
_VARIABLE = re.compile(r"\{\{\s*([^\W\d][\w-]*)\s*\}\}")
_LIST = re.compile(r"__((?:[^\W_])(?:[^\W_]|[/-]|_(?!_))*)__")
_LOOKS = re.compile(rf"\{{[^{{}}]*\|[^{{}}]*\}}|{_VARIABLE.pattern}|{_LIST.pattern}")
_WEIGHT = re.compile(r"\s*(\d{1,6}(?:\.\d{1,6})?)::")


def has_choices(text: str) -> bool:
    """Whether something in a prompt looks as if it were to be expanded."""
    return bool(_LOOKS.search(text))


def names_in(text: str) -> list[str]:
    """Return the names of the variables that stand in a prompt, each once."""
    return list(dict.fromkeys(_VARIABLE.findall(text)))


def put(name: str, value: str, text: str) -> str:
    """Put a value in the place of one variable."""
    return _VARIABLE.sub(lambda found: value if found[1] == name else found[0], text)


def parse(text: str, lists: Lists) -> Template:
    """Read a prompt with choices; `lists` gives the entries of a word list by its name.

    `lists` raises LookupError with a sentence where there is no such list. Raises RefusedError
    that names the column of what can't be read.
    """
    return _Reader(text, _Library(lists)).whole()


class _Library:
    """The word lists of one prompt, each read once."""

    def __init__(self, lists: Lists) -> None:
        self._lists = lists
        self._known: dict[str, Choice] = {}
        self._open: list[str] = []

    def choice(self, name: str) -> Choice:
        """Return a list as a choice; raises LookupError or RefusedError."""
        if name in self._open:
            circle = " → ".join([*self._open[self._open.index(name) :], name])
            raise LookupError(
                _("the list {name} leads back to itself ({circle})", name=name, circle=circle)
            )
        if name not in self._known:
            self._open.append(name)
            self._known[name] = self._read(name)
            self._open.pop()
        return self._known[name]

    def _read(self, name: str) -> Choice:
        entries = self._lists(name)
        if not entries:
            raise LookupError(_("the list {name} has no entries", name=name))
        read = [
            _Reader(one, self, _("list {name}, {one!r}, ", name=name, one=one[:40])).option()
            for one in entries
        ]
        return _choice(read)


class _Reader:
    """Reads one text from its beginning to its end."""

    def __init__(self, text: str, library: _Library, where: str = "") -> None:
        self._text = text
        self._library = library
        self._where = where
        self._at = 0

    def whole(self) -> Template:
        """Read everything."""
        return self._sequence(0)

    def option(self) -> tuple[float, Template]:
        """Read everything as an entry of a list, its weight first."""
        return self._weight(), self._sequence(0)

    def _sequence(self, depth: int) -> Template:
        parts: list[Part] = []
        while self._at < len(self._text):
            if depth and self._text[self._at] in "|}":
                break
            part = self._part(depth)
            match part, parts[-1:]:
                case Text(more), [Text(before)]:
                    parts[-1] = Text(before + more)
                case _:
                    parts.append(part)
        return tuple(parts)

    def _part(self, depth: int) -> Part:
        text, at = self._text, self._at
        if found := _PLAIN.match(text, at):
            return self._past(found, Text(found[0]))
        if found := _ESCAPED.match(text, at):
            return self._past(found, Text(found[1]))
        if found := _VARIABLE.match(text, at):
            return self._past(found, Variable(found[1]))
        if found := _LIST.match(text, at):
            try:
                return self._past(found, self._library.choice(found[1]))
            except LookupError as error:
                raise self._refused(at, str(error.args[0])) from error
        match text[at]:
            case "{":
                return self._choice(depth + 1)
            case "}":
                raise self._refused(at, _(r"this } closes nothing; write \} for the sign itself"))
            case plain:
                self._at += 1
                return Text(plain)

    def _choice(self, depth: int) -> Choice:
        start = self._at
        if depth > _DEEPEST:
            raise self._refused(
                start, _("more than {deepest} braces stand within each other", deepest=_DEEPEST)
            )
        options: list[tuple[float, Template]] = []
        while self._at < len(self._text) and self._text[self._at] in "{|":
            if options and self._text[self._at] == "{":
                break
            self._at += 1
            options.append((self._weight(), self._sequence(depth)))
        if self._at >= len(self._text):
            raise self._refused(start, _(r"this { is never closed; write \{ for the sign itself"))
        self._at += 1
        if len(options) == 1:
            rule = _(
                r"these braces hold one choice only; put | between choices, or write \{ and \}"
            )
            raise self._refused(start, rule)
        return _choice(options)

    def _weight(self) -> float:
        found = _WEIGHT.match(self._text, self._at)
        if not found:
            return 1.0
        weight = float(found[1])
        if not weight:
            raise self._refused(self._at, _("a weight must be more than 0; leave the choice out"))
        self._at = found.end()
        return weight

    def _past(self, found: re.Match[str], part: Part) -> Part:
        self._at = found.end()
        return part

    def _refused(self, at: int, rule: str) -> RefusedError:
        return RefusedError(
            Fault(
                "prompt",
                "",
                _("{where}column {at}: {rule}", where=self._where, at=at + 1, rule=rule),
            )
        )


def _choice(options: Sequence[tuple[float, Template]]) -> Choice:
    """Make a choice of options, equal ones being one with their weights together."""
    weights: dict[Template, float] = {}
    for weight, template in options:
        weights[template] = weights.get(template, 0.0) + weight
    return Choice(tuple(weights), tuple(weights.values()))
