"""Searches as SQL, as far as the tables know what is asked."""

import json
from collections.abc import Sequence
from typing import Any

from tui.core.job import State
from tui.core.matching import Known, owners
from tui.core.query import Search, Term
from tui.core.words import words_of
from tui.models import MODELS

Condition = tuple[str, list[Any]]  # an expression with its values

_AGE_OPS = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "=": "="}
_FAULTS = (State.FAILED, State.LOST, State.EXPIRED)
_FAULT = (
    f"CASE WHEN state = '{State.UNKNOWN}' THEN resolution IS NULL "
    f"ELSE error IS NOT NULL OR state IN ({', '.join(repr(str(one)) for one in _FAULTS)}) END"
)
_TOOK = "finished - submitted"


def split(search: Search, known: Known | None) -> tuple[list[str], list[Condition], bool]:
    """Return the words that the index finds, conditions, and whether these say it all.

    What they don't say is left to core.matching: a condition that is missing lets more through.
    """
    now, me = (known.now, known.me) if known else (0.0, "")
    words, conditions, is_whole = [], [], True
    for term in search:
        if term.field in {"", "prompt"} and not term.is_negated:
            words.append(words_of(term.texts[0]))
            continue
        condition = _condition(term, now, me)
        if condition is None:
            is_whole = False
            continue
        expression, values = condition
        conditions.append((f"NOT ({expression})" if term.is_negated else expression, values))
    return words, conditions, is_whole


def _condition(term: Term, now: float, me: str) -> Condition | None:
    marks = ", ".join("?" for _ in term.texts)
    match term.field:
        case "" | "prompt":
            words = words_of(term.texts[0])
            return ("instr(requests.words, ?) > 0", [words]) if words else ("FALSE", [])
        case "state":
            return f"state IN ({marks})", list(term.texts)
        case "model":
            return _model(term)
        case "is" if term.texts == ("fault",):
            return _FAULT, []
        case "is" if term.texts == ("live",):
            return "live = 1", []
        case "is" if term.texts == ("deleted",):
            return "deleted IS NOT NULL", []
        case "age":
            return f"created {_AGE_OPS[term.op]} ?", [now - term.number]
        case "took":
            known = f"{_TOOK} IS NOT NULL"
            return f"({known} AND {_TOOK} {term.op} ?)", [term.number]
        case "rating":
            return f"(rating IS NOT NULL AND rating {term.op} ?)", [term.number]
        case _:
            return _in_column(term, me)


def _in_column(term: Term, me: str) -> Condition | None:
    if not all(text.isascii() for text in term.texts):
        return None  # SQLite knows no other lower case
    match term.field:
        case "tag":
            # As JSON writes it, quotes and all.
            parts = " OR ".join("instr(tags, ?) > 0" for _ in term.texts)
            return f"({parts})", [json.dumps(text) for text in term.texts]
        case "id":
            return _within("id", term)
        case "profile" | "vote" as name:
            return _among(name, term.texts)
        case "owner":
            return _among("submitter", owners(term, me))
        case "group":
            return _within("coalesce(\"group\", '')", term)
        case "task":
            return _within("coalesce(task_id, '')", term)
        case _:
            return None


def _among(column: str, texts: Sequence[str]) -> Condition | None:
    if not all(text.isascii() for text in texts):
        return None  # SQLite knows no other lower case
    marks = ", ".join("?" for _ in texts)
    return f"lower(coalesce({column}, '')) IN ({marks})", list(texts)


def _model(term: Term) -> Condition:
    ids = [
        model.id
        for model in MODELS
        if any(text in name for text in term.texts for name in model.names)
    ]
    others, values = _within("model", term)
    return f"(model IN ({', '.join('?' for _ in ids)}) OR {others})", [*ids, *values]


def _within(column: str, term: Term) -> Condition:
    either = " OR ".join(f"instr(lower({column}), ?) > 0" for _ in term.texts)
    return f"({either})", list(term.texts)
