from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.core.job import ErrorKind, Job, JobError, State
from tui.core.matching import Known, holds
from tui.core.query import FIELDS, QueryError, parse
from tui.core.request import Request
from tui.models import names_of, parameters

DOCS = Path(__file__).parents[2] / "docs" / "jobs.md"
NOW = 1_800_000_000.0
COSTS = {"gpt-image-2": 0.2, "seedream-5.0-lite": 0.035}
KNOWN = Known(NOW, names_of, lambda job: COSTS.get(job.request.model), "ann")


def job(prompt: str, model: str = "gpt-image-2", **facts: Any) -> Job:
    values = {"prompt": prompt, **facts.pop("values", {})}
    made = Job(
        id=f"{len(prompt):032x}",
        request=Request(model=model, values=values),
        state=State.SAVED,
        created=NOW - 3600,
        updated=NOW,
        folder="/images",
        template="{id}",
    )
    return replace(made, **facts)


FAILED = job(
    "a red cat",
    state=State.FAILED,
    error=JobError(ErrorKind.QUOTA, "no credit left"),
    submitted=NOW - 3500,
    finished=NOW - 3300,
    values={"quality": "high", "n": 3},
)
CHINESE = job("月光下的灯塔，水彩", "seedream-5.0-lite", created=NOW - 3 * 86400, group="Autumn")
STALLED = job(
    "a lighthouse", "gemini-3-pro-image", state=State.PROCESSING, submitted=NOW - 3000, task_id="t"
)
ABANDONED = job(
    "who knew", state=State.UNKNOWN, resolution="abandoned", profile="Work", submitter="Ann"
)
JOBS = {"failed": FAILED, "chinese": CHINESE, "stalled": STALLED, "abandoned": ABANDONED}


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", "failed chinese stalled abandoned"),
        ("cat", "failed"),
        ("RED ca", "failed"),
        ('"red cat"', "failed"),
        ('"cat red"', ""),
        ("-cat", "chinese stalled abandoned"),
        ("!cat -who", "chinese stalled"),
        ("下的灯", "chinese"),
        ('prompt:"a light"', "stalled"),
        ("%", ""),
        ("% cat", "failed"),
        ("-", "failed chinese stalled abandoned"),
        ("model:gpt", "failed abandoned"),
        ("model:gemini-pro,seedream", "chinese stalled"),
        ("-model:gpt", "chinese stalled"),
        ("state:failed", "failed"),
        ("STATE:fai,unk", "failed abandoned"),
        ("is:fault", "failed"),
        ("is:stalled", "stalled"),
        ("is:live -is:stalled", ""),
        ("cost>0.1", "failed abandoned"),
        ("cost<=$0.035", "chinese"),
        ("-cost>0.1", "chinese stalled"),
        ("age<1d", "failed stalled abandoned"),
        ("age>=1d", "chinese"),
        ("took>2m", "failed"),
        ("took<2m", ""),
        ("images:0", "failed chinese stalled abandoned"),
        ("quality:high", "failed"),
        ("quality:high,low n>2", "failed"),
        ("n<3", ""),
        ("error:quota", "failed"),
        ("error:credit", "failed"),
        ("task:t", "stalled"),
        ("group:autumn", "chinese"),
        ("profile:work", "abandoned"),
        ("owner:ann", "abandoned"),
        ("owner:me", "abandoned"),
        ("-owner:ME", "failed chinese stalled"),
        ("model:gpt state:failed -lighthouse cost>0.1 age<1d", "failed"),
        ("https://example.org", ""),
        ("a=b", ""),
        ('ca"', "failed"),
    ],
)
def test_what_a_query_finds(query: str, found: str) -> None:
    search = parse(query, parameters())
    names = [name for name, one in JOBS.items() if holds(search, one, KNOWN)]
    assert names == found.split()


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ("colour:red", "there is no field 'colour'; there are state, is, model"),
        ("modell:gpt", "did you mean model?"),
        ("qualty:high", "did you mean quality?"),
        ("costs>1", 'did you mean cost? As words, put it in quotes: "costs>1"'),
        ("model:", "model: needs a value, such as model:gpt"),
        ("quality:", "quality: needs a value"),
        ("cost>dear", "cost: 'dear' is no number; write cost>0.1"),
        ("age<1", "age: '1' is no duration; write age<1d"),
        ("model>1", "model: is no number; write model:gpt"),
        ("state:done", "there is no 'done'; there are queued, submitting"),
        ("is:odd", "there is no 'odd'; there are fault"),
        ("n>many", "n>many: needs a number"),
    ],
)
def test_what_can_not_be_read_is_named_with_the_fix(query: str, says: str) -> None:
    with pytest.raises(QueryError) as caught:
        parse(query, parameters())
    assert says in str(caught.value)


@given(st.text(max_size=60))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        search = parse(text, parameters())
    except QueryError:
        return
    for one in JOBS.values():
        holds(search, one, KNOWN)


@pytest.mark.parametrize("name", FIELDS)
def test_each_example_can_be_read_and_stands_in_the_documentation(name: str) -> None:
    (term,) = parse(FIELDS[name].example)
    assert term.field == name
    field = FIELDS[name]
    assert f"| `{name}` | `{field.example}` | {field.meaning} |" in DOCS.read_text("utf-8")
