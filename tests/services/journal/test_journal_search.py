"""Searching prompts: any script, any text, with and without the index."""

import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tui.core.job import ErrorKind, Job, JobError, State
from tui.core.matching import Known, holds
from tui.core.query import parse
from tui.core.request import Request
from tui.core.words import words_of
from tui.models import names_of
from tui.services.journal import Query
from tui.services.journal.listing import newest_rows
from tui.services.journal.rows import INSERT_JOB, INSERT_REQUEST, job_of, new_row
from tui.services.journal.schema import SCHEMA
from tui.services.journal.search import index_some, match_expression, open_vocabulary

Open = Callable[..., Any]
NewJob = Callable[..., Job]
Ask = Callable[[str], list[str]]

PROMPTS = [
    "A lighthouse in a storm, oil painting",
    "Café au lait, STRASSE und Straße",
    "一座灯塔在暴风雨中，水彩画",
    "夜のラーメン屋 with neon",
    "등대와 바다",
    'light_house-keeper\'s 100% (NOT) "quoted" AND near*',
    "two 🌊🌊 waves",
    "маяк в шторм",
]


async def indexed(journal: Any, many: int) -> None:
    """Wait until so many jobs are indexed; the journal does it when it has nothing to do."""
    for _ in range(10_000):
        row = await journal._thread.read(lambda db: db.execute("SELECT indexed FROM journal"))
        if row.fetchone()[0] == many:
            return
    pytest.fail("nothing was indexed")


SHARED = ["shared"] if "IMAGEDECK_TEST_DATABASE_URL" in os.environ else []


@pytest.fixture(params=["indexed", "half indexed", "no index", "no FTS5", *SHARED])
def way(request: pytest.FixtureRequest) -> str:
    """How it is searched: SQLite's ways, or on the shared database."""
    return str(request.param)


@pytest.fixture
def which(way: str) -> str:
    return "postgres" if way == "shared" else "sqlite"


@pytest.fixture
async def ask(
    way: str, open_journal: Open, new_job: NewJob, monkeypatch: pytest.MonkeyPatch
) -> Ask:
    """Search the prompts above: `ask(text)` returns those found, newest first."""
    monkeypatch.setattr("tui.services.journal.database._IDLE_SECONDS", 0.0)
    if way == "no FTS5":
        for module in ("database", "listing"):
            monkeypatch.setattr(f"tui.services.journal.{module}.has_full_text", lambda _: False)
    journal = open_journal(**({"full_text": False} if way == "no index" else {}))
    await journal.add([new_job(prompt) for prompt in PROMPTS[:4]])
    if "indexed" in way:
        await indexed(journal, 4)
    if way == "half indexed":
        journal._thread._database._indexes = False
    await journal.add([new_job(prompt) for prompt in PROMPTS[4:]])
    if way == "indexed":
        await indexed(journal, len(PROMPTS))

    def search(text: str) -> list[str]:
        return [job.prompt for job in journal.history.list(Query(text=text))]

    return search


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("lighthouse", [0]),
        ("LIGHT", [5, 0]),
        ("storm light", [0]),
        ("storm cafe", []),
        ("ighthouse", []),
        ("cafe", [1]),
        ("café", [1]),
        ("strasse", [1]),
        ("灯塔", [2]),
        ("塔", [2]),
        ("灯 画", [2]),
        ("塔灯", []),
        ("ラーメン", [3]),
        ("ーメ ne", [3]),
        ("등대", [4]),
        ("대", [4]),
        ("keeper's 100%", [5]),
        ("house-keep", [5]),
        ("AND", [5]),
        ("near*", [5]),
        ('"quoted', [5]),
        ("NOT lighthouse", []),
        ("🌊", [6]),
        ("🌊🌊", [6]),
        ("МАЯК шт", [7]),
        ("%", []),
        ('"', []),
        ("words:storm", []),
        ("a " * 3000, [5, 1, 0]),
        ("   ", [7, 6, 5, 4, 3, 2, 1, 0]),
    ],
)
def test_what_is_found(ask: Ask, text: str, found: list[int]) -> None:
    assert ask(text) == [PROMPTS[number] for number in found]


@pytest.mark.parametrize("way", ["indexed", *SHARED], indirect=True)
async def test_text_with_other_conditions(way: str, open_journal: Open, new_job: NewJob) -> None:
    journal = open_journal()
    await journal.add(
        [
            new_job("storm one", group="g"),
            new_job("storm two", group="g", state=State.FAILED),
            new_job("storm three"),
            new_job("calm", group="g"),
        ]
    )
    if way == "indexed":
        await journal._thread.write(lambda txn: index_some(txn.db))
    for group, states, prompts in (
        ("g", (), ["storm two", "storm one"]),
        ("g", (State.FAILED,), ["storm two"]),
        (None, (State.QUEUED,), ["storm three", "storm one"]),
    ):
        found = journal.history.list(Query(text="storm", group=group, states=states))
        assert [job.prompt for job in found] == prompts
    limited = journal.history.list(Query(text="storm", limit=None))
    assert len(limited) == 3
    assert len(journal.history.list(Query(text="storm", limit=2))) == 2


@pytest.mark.parametrize("way", ["indexed", "no index", *SHARED], indirect=True)
async def test_the_database_finds_what_the_query_means(
    way: str, open_journal: Open, new_job: NewJob, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tui.services.journal.reading._PAGE", 3)
    journal = open_journal(**({"full_text": False} if way == "no index" else {}))
    error = JobError(ErrorKind.QUOTA, "no credit")
    facts: list[dict[str, Any]] = [
        {},
        {"state": State.FAILED, "error": error, "submitted": 10.0, "finished": 300.0},
        {"state": State.UNKNOWN, "error": error},
        {"state": State.UNKNOWN, "error": error, "resolution": "abandoned"},
        {"state": State.SAVED, "error": error, "group": "Autumn", "created": 5.0},
        {"state": State.PENDING, "watched": False, "profile": "Work", "task_id": "img_A1"},
        {"state": State.LOST, "group": "É", "submitter": "Ann"},
        {"submitter": "Éva", "key": "any"},
    ]
    prompts = ["a storm", "a stormy cat", "灯塔", "nothing"]
    jobs = [new_job(prompt, **one) for one in facts for prompt in prompts]
    await journal.add(jobs)
    if way == "indexed":
        await journal._thread.write(lambda txn: index_some(txn.db))
    known = Known(1_000_000.0, names_of, lambda job: float(len(job.prompt)), "Ann")
    for text in (
        "storm|-storm|storm -cat|塔|-塔 -nothing|state:failed,unk|-state:saved|is:fault|-is:fault"
        "|is:live|is:fault,live|-is:unwatched|model:gpt|model:seedream,gpt|-model:seedream"
        "|cost>7|storm cost>7|-cost>7|age>10d|-age>10d|took>1m|-took>1m|took<1m|error:quota"
        "|group:autumn|group:é|task:g_a1|-task:a1"
        f"|profile:work|owner:me|-owner:ann,me|owner:éva|id:{jobs[3].id[-6:]}|quality:low|%"
    ).split("|"):
        search = parse(text, ["quality"])
        wanted = [job.id for job in reversed(jobs) if holds(search, job, known)]
        found = journal.history.list(Query(search=search, known=known))
        assert [job.id for job in found] == wanted, text
        assert wanted[:2] == [
            job.id for job in journal.history.list(Query(search=search, known=known, limit=2))
        ]


async def test_a_page_spans_indexed_and_new_jobs(open_sqlite: Open, new_job: NewJob) -> None:
    journal = open_sqlite()
    await journal.add([new_job(f"storm {number}") for number in range(4)])
    await journal._thread.write(lambda txn: index_some(txn.db))
    await journal.add([new_job(f"storm {number}") for number in range(4, 6)])
    found = journal.history.list(Query(text="storm", limit=4))
    assert [job.prompt[-1] for job in found] == list("5432")
    found = journal.history.list(Query(text="storm", before=found[-1].id, limit=4))
    assert [job.prompt[-1] for job in found] == list("10")


async def test_many_new_jobs_are_indexed_slice_by_slice(
    open_sqlite: Open, new_job: NewJob, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tui.services.journal.database._IDLE_SECONDS", 0.0)
    monkeypatch.setattr("tui.services.journal.search._SLICE", 7)
    journal = open_sqlite()
    await journal.add([new_job(f"storm {number}") for number in range(50)])
    await indexed(journal, 50)
    assert len(journal.history.list(Query(text="storm"))) == 50


async def test_an_index_that_can_not_be_written_waits(
    open_sqlite: Open, new_job: NewJob, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tui.services.journal.database._IDLE_SECONDS", 0.0)
    journal = open_sqlite()
    tried: list[int] = []

    def fail(_: sqlite3.Connection) -> bool:
        tried.append(1)
        raise sqlite3.OperationalError("disk full")

    with monkeypatch.context() as patch:
        patch.setattr("tui.services.journal.database.index_some", fail)
        await journal.add([new_job("storm")])
        while not tried:
            await journal.changes(0)
        assert len(journal.history.list(Query(text="storm"))) == 1
    await journal.add([new_job("storm two")])
    await indexed(journal, 2)
    assert len(journal.history.list(Query(text="storm"))) == 2


@pytest.fixture(scope="module")
def table() -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as db:
        for statement in SCHEMA.steps(0):
            db.execute(statement)
        index_some(db)
        open_vocabulary(db)
        yield db


def fill(db: sqlite3.Connection, prompt: str) -> None:
    job = Job(
        id="0" * 32,
        request=Request(model="m", values={"prompt": prompt}),
        state=State.QUEUED,
        created=1.0,
        updated=1.0,
        folder="/p",
        template="t",
    )
    row = new_row(job)
    written = db.execute(INSERT_JOB, row.columns)
    db.execute(INSERT_REQUEST, (written.lastrowid, row.request, row.words))


@settings(deadline=None)
@given(prompt=st.text(), text=st.text(min_size=1))
def test_any_text_is_searched_alike_with_and_without_index(
    table: sqlite3.Connection, prompt: str, text: str
) -> None:
    for part in (text, prompt, prompt[: len(prompt) // 2], *prompt.split()):
        fill(table, prompt)
        query = Query(text=part)
        plain = newest_rows(table, query, full_text=False)
        index_some(table)
        matched = newest_rows(table, query, full_text=True)
        assert plain == matched
        assert [job_of(row).prompt for row in matched] in ([], [prompt])
        if part == prompt and words_of(prompt) and len(prompt.split()) < 30:
            assert matched
        # A contentless index keeps what was in it: start over for the next text.
        table.execute("DELETE FROM jobs")
        table.execute("DELETE FROM requests")
        table.execute("INSERT INTO search (search) VALUES ('delete-all')")
        table.execute("UPDATE journal SET indexed = 0")


def test_the_beginning_of_few_words_is_looked_for_as_these_words(
    table: sqlite3.Connection,
) -> None:
    many = " ".join(f"storm{number}" for number in range(100))
    fill(table, f"a lighthouse, two lighthouses, {many}")
    index_some(table)
    assert match_expression(table, [" two ligh"]) == '(" two lighthouse" OR " two lighthouses")'
    assert match_expression(table, [" storm", " lig"]) == '(" storm" *) AND (" lig" *)'
