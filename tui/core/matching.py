"""Whether a job is what a search asks for."""

import operator
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from functools import lru_cache

from tui.core.job import Job, State
from tui.core.query import Search, Term
from tui.core.schedule import is_stalled
from tui.core.words import words_of

_COMPARE: Mapping[str, Callable[[float, float], bool]] = {
    "=": operator.eq,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}

# At every letter of a query the same prompts are looked at.
_words_of = lru_cache(4096)(words_of)


@dataclass(frozen=True, slots=True)
class Known:
    """What a job alone does not say.

    `now` is Unix seconds, `names` gives a model's id and aliases, `cost` US dollars or None, `me`
    is what whoever asks is called.
    """

    now: float
    names: Callable[[str], Collection[str]]
    cost: Callable[[Job], float | None]
    me: str = ""


def holds(search: Search, job: Job, known: Known) -> bool:
    """Whether every term holds for the job."""
    return all(_holds(term, job, known) is not term.is_negated for term in search)


def _holds(term: Term, job: Job, known: Known) -> bool:
    match term.field:
        case "" | "prompt":
            return has_words(job.prompt, term.texts[0])
        case "state":
            return job.state.value in term.texts
        case "is":
            return any(_is(flag, job, known.now) for flag in term.texts)
        case "model":
            return _within(term.texts, *known.names(job.request.model))
        case "cost":
            return _compares(term, known.cost(job))
        case "age":
            return _compares(term, known.now - job.created)
        case "took":
            return _compares(term, took(job))
        case "images":
            return _compares(term, len(job.files))
        case "owner":
            return (job.submitter or "").lower() in owners(term, known.me)
        case _:
            return _says(term, job)


def _says(term: Term, job: Job) -> bool:
    match term.field:
        case "tag":
            return any(tag in term.texts for tag in job.tags)
        case "rating":
            return _compares(term, job.rating)
        case "note":
            return _within(term.texts, job.note or "")
        case "id":
            return _within(term.texts, job.id)
        case "task":
            return _within(term.texts, job.task_id or "")
        case "error":
            error = job.error
            return error is not None and _within(term.texts, error.kind.value, error.message)
        case "file":
            return _within(term.texts, *(one.path for one in job.files))
        case "group":
            return _within(term.texts, job.group or "")
        case "profile" | "vote" as name:
            return (getattr(job, name) or "").lower() in term.texts
        case parameter:
            return _has_value(term, job.request.values.get(parameter))


def has_words(prompt: str, wanted: str) -> bool:
    """Whether a prompt has these words in a row, the last of them perhaps longer."""
    words = _words_of(wanted)
    return bool(words) and words in _words_of(prompt)


def owners(term: Term, me: str) -> list[str]:
    """Return the names that a term asks for, in lower case; `me` stands for whoever asks."""
    return [me.lower() if text == "me" else text for text in term.texts]


def took(job: Job) -> float | None:
    """Return the seconds from a job's submission to its end; None without both."""
    if job.submitted is None or job.finished is None:
        return None
    return job.finished - job.submitted


def _is(flag: str, job: Job, now: float) -> bool:
    match flag:
        case "fault":
            return job.is_fault
        case "live":
            return job.is_live
        case "partial":
            return job.state is State.SAVED and job.error is not None
        case "resting":
            return job.is_resting
        case "stalled":
            return is_stalled(job, now)
        case "deleted":
            return job.deleted is not None
        case _:
            return not job.watched


def _within(wanted: Collection[str], *texts: str) -> bool:
    return any(one in text.lower() for one in wanted for text in texts)


def _compares(term: Term, value: float | None) -> bool:
    return value is not None and _COMPARE[term.op](value, term.number)


def _has_value(term: Term, value: object) -> bool:
    if term.texts:
        return str(value if value is not None else "").lower() in term.texts
    return isinstance(value, (int, float)) and _COMPARE[term.op](value, term.number)
