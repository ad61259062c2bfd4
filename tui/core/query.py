"""The language in which jobs are searched: words, `field:value`, `field>number`, `-` for not."""

import re
from collections.abc import Collection
from dataclasses import dataclass
from difflib import get_close_matches
from enum import Enum

from tui.core.job import State
from tui.core.language import _, marked
from tui.core.state_words import STATES
from tui.core.words import words_of


class QueryError(ValueError):
    """A query that can't be read; the message names the part and the fix."""


class Kind(Enum):
    """What a field is compared with."""

    TEXT = "text"
    STATE = "state"
    FLAG = "flag"
    NUMBER = "number"
    DURATION = "duration"


@dataclass(frozen=True, slots=True)
class Field:
    """One field: what it is compared with, an example, and what it means."""

    kind: Kind
    example: str
    meaning: str


FLAGS = ("fault", "live", "partial", "resting", "stalled", "unwatched", "deleted")
_TEXT, _NUMBER, _TIME = Kind.TEXT, Kind.NUMBER, Kind.DURATION
FIELDS = {
    "state": Field(Kind.STATE, "state:failed,lost", marked("The state, or its beginning.")),
    "is": Field(Kind.FLAG, "is:fault", _("What it is: {flags}.", flags=", ".join(FLAGS))),
    "model": Field(_TEXT, "model:gpt", marked("A part of the model's id or an alias.")),
    "prompt": Field(
        _TEXT, 'prompt:"a red cat"', marked("Words of the prompt, as without a field.")
    ),
    "cost": Field(_NUMBER, "cost>0.1", marked("The estimated price in US dollars.")),
    "age": Field(_TIME, "age<1d", marked("How long ago it was made: 90s, 15m, 2h, 7d, 2w.")),
    "took": Field(_TIME, "took>2m", marked("The time from the submission to the end.")),
    "images": Field(_NUMBER, "images>=2", marked("How many images are saved.")),
    "tag": Field(_TEXT, "tag:cover", marked("A tag it has.")),
    "rating": Field(_NUMBER, "rating>3", marked("The rating you gave it, 1 to 5.")),
    "vote": Field(_TEXT, "vote:won", marked("How it did in a vote on its group: won, lost, tied.")),
    "note": Field(_TEXT, "note:client", marked("A part of its note.")),
    "id": Field(_TEXT, "id:06a2", marked("A part of the job's id.")),
    "task": Field(_TEXT, "task:img_gen_cd86", marked("A part of the task's id.")),
    "error": Field(_TEXT, "error:quota", marked("The error's kind, or a part of its sentence.")),
    "file": Field(_TEXT, "file:poster", marked("A part of the path of a saved image.")),
    "group": Field(_TEXT, "group:autumn", marked("A part of the name of its batch.")),
    "profile": Field(_TEXT, "profile:work", marked("The profile it was made with.")),
    "owner": Field(_TEXT, "owner:me", marked("Who added it; `me` is you.")),
}
_DURATIONS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 7 * 86400}
_DURATION = re.compile(r"(\d+(?:\.\d+)?)([smhdw])", re.ASCII)
_PART = re.compile(
    r"""(?P<minus>[-!]?)
        (?:(?P<field>[A-Za-z_-]*[A-Za-z])(?P<op>:|<=|>=|<|>|=))?
        (?P<value>"[^"]*"?|[^\s"]*)""",
    re.VERBOSE,
)
_MOST_TERMS = 32


@dataclass(frozen=True, slots=True)
class Term:
    """One condition. Without a field its text is looked for in the prompt.

    `op` is `=` for texts (any of `texts` will do), else `<`, `<=`, `>`, `>=` or `=` on `number`,
    a duration's in seconds. `texts` are in lower case.
    """

    field: str
    texts: tuple[str, ...] = ()
    op: str = "="
    number: float = 0.0
    is_negated: bool = False


Search = tuple[Term, ...]  # all must hold


def parse(text: str, parameters: Collection[str] = ()) -> Search:
    """Read a query; `parameters` are the models' own fields, such as `quality`.

    Raises QueryError.
    """
    terms = []
    at = 0
    while at < len(text):
        if text[at].isspace():
            at += 1
            continue
        found = _PART.match(text, at)
        if found is None or found.end() == at:  # a quote in the middle of a word
            at += 1
            continue
        at = found.end()
        if term := _term(found, parameters):
            terms.append(term)
    # A sign alone says nothing, unless nothing else was said: then nothing is found.
    telling = [term for term in terms if term.field or words_of(term.texts[0])]
    return tuple((telling or terms)[:_MOST_TERMS])


def asks_for_deleted(search: Search) -> bool:
    """Whether a search wants what was deleted, which is left out otherwise."""
    return any(
        term.field == "is" and "deleted" in term.texts and not term.is_negated for term in search
    )


def _term(found: re.Match[str], parameters: Collection[str]) -> Term | None:
    field, op, raw = found["field"], found["op"], found["value"]
    value = raw.strip('"')
    is_negated = bool(found["minus"])
    name = (field or "").lower()
    if not field or value.startswith("//"):  # an address is no field
        words = f"{field or ''}{op or ''}{value}"
        return Term("", (words,), is_negated=is_negated) if words else None
    if name in parameters and name not in FIELDS:
        return _parameter(name, op, value, is_negated=is_negated)
    known = FIELDS.get(name)
    if known is None:
        if op != ":" and not get_close_matches(name, FIELDS, n=1):
            return Term("", (f"{field}{op}{value}",), is_negated=is_negated)
        raise QueryError(_unknown(name, found[0], parameters))
    if not value:
        raise QueryError(
            _("{name}: needs a value, such as {example}", name=name, example=known.example)
        )
    return _known(name, known, op, value, is_negated=is_negated)


def _known(name: str, known: Field, op: str, value: str, *, is_negated: bool) -> Term:
    match known.kind:
        case Kind.NUMBER | Kind.DURATION:
            number = _number(name, known, value)
            return Term(name, (), "=" if op == ":" else op, number, is_negated)
        case _ if op not in {":", "="}:
            raise QueryError(
                _("{name}: is no number; write {example}", name=name, example=known.example)
            )
        case Kind.TEXT:
            parts = value.split(",") if name not in {"prompt", "error", "file", "note"} else [value]
            texts = tuple(one.lower() for one in parts if one)
        case Kind.FLAG:
            texts = tuple(_one_of(name, one, FLAGS) for one in value.lower().split(",") if one)
        case Kind.STATE:
            chosen = [w for one in value.lower().split(",") if one for w in _begun(one)]
            texts = tuple(dict.fromkeys(chosen))
    return Term(name, texts or (value.lower(),), is_negated=is_negated)


def _parameter(name: str, op: str, value: str, *, is_negated: bool) -> Term:
    if not value:
        raise QueryError(_("{name}: needs a value, such as {name}:high", name=name))
    if op in {":", "="}:
        texts = tuple(one.lower() for one in value.split(",") if one)
        return Term(name, texts, is_negated=is_negated)
    try:
        return Term(name, (), op, float(value), is_negated)
    except ValueError:
        raise QueryError(
            _("{name}{op}{value}: needs a number", name=name, op=op, value=value)
        ) from None


def _number(name: str, known: Field, value: str) -> float:
    if known.kind is Kind.DURATION:
        if found := _DURATION.fullmatch(value.lower()):
            return float(found[1]) * _DURATIONS[found[2]]
        raise QueryError(
            _(
                "{name}: {value!r} is no duration; write {example}",
                name=name,
                value=value,
                example=known.example,
            )
        )
    try:
        return float(value.lstrip("$"))
    except ValueError:
        raise QueryError(
            _(
                "{name}: {value!r} is no number; write {example}",
                name=name,
                value=value,
                example=known.example,
            )
        ) from None


def _begun(begin: str) -> list[str]:
    """Return the states that begin so, in the program's words or the reader's."""
    words = [state.value for state in State]
    found = [
        state.value
        for state in State
        if state.value.startswith(begin) or STATES[state].lower().startswith(begin)
    ]
    if not found:
        raise QueryError(
            _(
                "state: there is no {begin!r}; there are {words}",
                begin=begin,
                words=", ".join(words),
            )
        )
    return found


def _one_of(name: str, word: str, words: Collection[str]) -> str:
    found = [one for one in words if one.startswith(word)]
    if not found:
        raise QueryError(
            _(
                "{name}: there is no {word!r}; there are {words}",
                name=name,
                word=word,
                words=", ".join(words),
            )
        )
    return found[0]


def _unknown(name: str, part: str, parameters: Collection[str]) -> str:
    names = [*FIELDS, *parameters]
    near = get_close_matches(name, names, n=1)
    hint = (
        _("did you mean {near}?", near=near[0])
        if near
        else _("there are {names}", names=", ".join(names))
    )
    return _(
        'there is no field {name!r}; {hint} As words, put it in quotes: "{part}"',
        name=name,
        hint=hint,
        part=part,
    )
