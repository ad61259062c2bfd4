"""Naughty strings from the request to the journal, the disk and the command line."""

import asyncio
import base64
import io
import json
import logging
import os
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import pytest
from PIL import Image

from tui.cli.root import run
from tui.core.fields import RefusedError
from tui.core.job import ErrorKind, Job, JobError, Result, Saved, State, new_job_id
from tui.core.naming import DEFAULT_TEMPLATE, file_stem
from tui.core.request import Reference, Request
from tui.core.text import clean
from tui.models import MODELS, SEEDREAM
from tui.services.clock import SystemClock
from tui.services.decode import Decoder
from tui.services.gallery import Gallery
from tui.services.gateway.outcome import Accepted, Ambiguous, Refused
from tui.services.gateway.verdict import look_of, submission_of
from tui.services.images import Images
from tui.services.journal import SqliteJournal
from tui.services.journal.protocol import Query
from tui.services.places import Places
from tui.services.references import ReferenceStore

MOST_NAME = 255  # bytes, on every file system there is
Figure = Callable[[str], None]


def harmless(text: str) -> bool:
    """Whether a terminal does nothing but show it."""
    return clean(text, lines=True).replace("\t", "") == text.replace("\t", "")


def can_be_typed(text: str) -> bool:
    """Whether a command line can hold it."""
    try:
        return b"\0" not in os.fsencode(text)
    except UnicodeEncodeError:
        return False


def file_name(text: str) -> str:
    """Return what a file can be called that comes nearest to it; nothing when there is none."""
    possible = text.replace("/", "_").replace("\0", "_").encode("utf-8", "replace")
    name = possible[:200].decode("utf-8", "ignore").strip()
    return "" if name in {".", ".."} else name


def put(name: str, data: bytes) -> None:
    Path(name).write_bytes(data)


def job_of(text: str, number: int, state: State = State.FAILED, **facts: Any) -> Job:
    """Make a job that says the same wherever it can say something."""
    reference = Reference(name=text, url=f"https://example.com/{number}")
    given = {
        "id": new_job_id(1_800_000_000_000 + number, number.to_bytes(10, "big")),
        "request": Request(
            model=text, values={"prompt": text, "size": text}, references=(reference,)
        ),
        "state": state,
        "created": 1_800_000_000.0 + number,
        "updated": 1_800_000_000.0 + number,
        "folder": "pictures",
        "template": DEFAULT_TEMPLATE,
        "group": text,
        "task_id": text,
        "origin": text,
        "poll_path": text,
        "word": text,
        "results": (Result(url=f"https://{text}"), Result(url=text)),
        "files": (
            Saved(
                path=f"pictures/{text}",
                index=1,
                width=1,
                height=1,
                format="PNG",
                bytes=1,
                sha256="0" * 64,
                notes=(text,),
            ),
        ),
        "error": JobError(ErrorKind.FAILED, text),
        "warnings": (text,),
    }
    return Job(**{**given, **facts})


def picture() -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (1, 1)).save(file, "PNG")
    return file.getvalue()


def test_no_field_of_any_model_is_broken_by_them(naughty: list[str]) -> None:
    for text in naughty:
        for model in MODELS:
            checked = model.validate({"prompt": text})
            assert (checked.request is None) == bool(checked.errors)
            if checked.request:
                assert checked.request.prompt == text
                json.dumps(model.body(checked.request), ensure_ascii=False).encode()
            given: dict[str, object] = {one.name: text for one in model.fields}
            for fault in model.validate({**given, text: text}).faults:
                assert harmless(clean(str(fault)))
            for field in (one for one in model.fields if one is not model.references):
                with suppress(RefusedError):
                    list(field.check(field.read(text)))


def test_as_the_gateways_words_they_arrive_clean(naughty: list[str]) -> None:
    for text in naughty:
        answer = json.dumps({"error": text, "status": "failed", "task_id": "t1"}).encode()
        refused = submission_of(400, {"retry-after": text, "location": text}, answer, 0.0)
        assert isinstance(refused, Refused)
        assert harmless(refused.message)
        redirected = submission_of(302, {"location": text}, b"", 0.0)
        assert isinstance(redirected, Refused)
        assert harmless(redirected.message)
        assert harmless(getattr(look_of(200, {}, answer, "t1", 0.0), "message", ""))
        accepted = submission_of(200, {}, json.dumps({"task_id": text}).encode(), 0.0)
        match accepted:
            case Accepted(task_id):
                assert task_id == text
                assert text.isascii()
                assert not set(text) & set("/?#%&\\\r\n ")
                assert ".." not in text
            case _:
                assert isinstance(accepted, Ambiguous)


async def test_the_journal_gives_them_back_as_they_were(naughty: list[str], tmp_path: Path) -> None:
    journal = SqliteJournal.open(tmp_path / "imagedeck.db", SystemClock())
    try:
        jobs = [job_of(text, number) for number, text in enumerate(naughty)]
        added = await journal.add(jobs)
        kept = {job.id: job for job in journal.history.list(Query(limit=None))}
        assert len(kept) == len(jobs)
        for job, stored in zip(jobs, added, strict=True):
            back = kept[job.id]
            assert back == stored
            assert replace(back, change=0, fence=0, owner=None) == job
        for text in naughty:
            journal.history.list(Query(text=text))
            journal.history.find(text)
    finally:
        await journal.close()


async def test_files_named_after_them_stay_where_they_belong(
    naughty: list[str], tmp_path: Path
) -> None:
    folder = tmp_path / "pictures"
    data = base64.b64encode(picture()).decode()
    decoder = Decoder()
    gallery = Gallery(Images(cast("Any", None), "https://a.example"), decoder, tmp_path / "q")
    template = "{date}-{time}-{slug}-{model}-{group}-{id}-{index}"
    try:
        for number, text in enumerate(naughty):
            job = job_of(text, number, folder=str(folder), template=template)
            stem = file_stem(job, 1, date="2026-11-22", time="120000")
            assert len(f"{stem}_99.webp.json".encode()) <= MOST_NAME
            saved = await gallery.save(job, 1, Result(base64=data))
            check_image(Path(saved.path), folder, text)
    finally:
        await decoder.close()
    assert names_in(folder, "*") == names_in(folder, "2*")  # nothing but dates
    assert len(names_in(folder, "*")) == 2 * len(naughty)
    assert names_in(tmp_path, "*") == {"pictures"}


def names_in(folder: Path, pattern: str) -> set[str]:
    return {one.name for one in folder.glob(pattern)}


def check_image(path: Path, folder: Path, prompt: str) -> None:
    assert path.parent == folder
    assert path.resolve().parent == folder.resolve()
    assert clean(path.name) == path.name
    assert not path.name.startswith((".", "-", " "))
    sidecar = path.with_name(f"{path.name}.json").read_text("ascii")
    assert json.loads(sidecar)["request"]["values"]["prompt"] == prompt


async def test_references_of_that_name_are_taken_or_refused(
    naughty: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    field = SEEDREAM.references
    assert field
    data = picture()
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")
    decoder = Decoder()
    store = ReferenceStore(tmp_path / "refs", decoder)
    forms = ["{}", "./{}", "file://{}", "https://example.com/{}", "https://{}", "data:{}"]
    try:
        for text in naughty:
            sources = [form.replace("{}", text) for form in forms]
            if name := file_name(text):
                put(name, data)
                sources.append(f"./{name}")
            references, faults = await store.take(sources, field)
            assert len(references) + len(faults) == len(sources)
            for reference in references:
                assert harmless(reference.name)
            for fault in faults:
                assert fault.is_error
            if len(sources) > len(forms):
                assert references[-1].sha256, text
    finally:
        await decoder.close()


@pytest.fixture
def imagedeck(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[Callable[..., tuple[int, str, str]]]:
    """Run `imagedeck …` in a home of its own; return its code and what it wrote."""
    for name, folder in {"HOME": "home", "XDG_DATA_HOME": "data", "XDG_STATE_HOME": "s"}.items():
        monkeypatch.setenv(name, str(tmp_path / folder))
    (tmp_path / "home").mkdir()
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.null.Keyring")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO()))  # `-` is a prompt as well
    monkeypatch.setattr(sys, "excepthook", sys.excepthook)
    monkeypatch.setattr(threading, "excepthook", threading.excepthook)
    before = set(logging.getLogger().handlers)

    def call(*args: str) -> tuple[int, str, str]:
        code = run(args)
        return code, *capsys.readouterr()

    yield call
    for handler in set(logging.getLogger().handlers) - before:
        logging.getLogger().removeHandler(handler)
        handler.close()


async def fill(database: Path, jobs: list[Job]) -> None:
    journal = SqliteJournal.open(database, SystemClock())
    await journal.add(jobs)
    await journal.close()


def test_the_command_line_shows_them_as_text(
    naughty: list[str], imagedeck: Callable[..., tuple[int, str, str]], figure: Figure
) -> None:
    states = list(State)
    jobs = [
        job_of(text, number, states[number % len(states)]) for number, text in enumerate(naughty)
    ]
    database = Places.standard().database
    database.parent.mkdir(mode=0o700, parents=True)
    asyncio.run(fill(database, jobs))
    code, out, err = imagedeck("jobs", "--all")
    assert code == 0
    assert harmless(out + err)
    assert len(out.splitlines()) == len(jobs) + 1
    for job in jobs:
        code, out, err = imagedeck("show", job.id)
        assert code == 0
        assert harmless(out + err), job.prompt
        code, out, err = imagedeck("show", job.id, "--json")
        assert code == 0
        assert out.isascii()
        assert json.loads(out)["prompt"] == job.prompt
    told = len(out)
    for text in naughty:
        for args in (
            ["generate", "seedream", "--dry-run", "--", text],
            ["generate", "seedream", "a cat", "--dry-run", f"--size={text}"],
            ["generate", "seedream", "a cat", "--dry-run", f"--image={text}"],
            ["generate", "--dry-run", "--", text, "a cat"],
            ["jobs", f"--search={text}"],
            ["jobs", f"--since={text}"],
            ["show", "--", text],
            ["--", text],
        ):
            if not can_be_typed("".join(args)):
                continue
            code, out, err = imagedeck(*args)
            assert code in {0, 2}, args
            assert harmless(out + err), args
            told += len(out) + len(err)
    figure(f"{len(naughty)} naughty strings on the command line: nothing a terminal acts on")


@pytest.mark.parametrize("command", ["generate", "jobs"])
def test_a_folder_of_that_name_is_used_or_refused(
    naughty: list[str], imagedeck: Callable[..., tuple[int, str, str]], command: str
) -> None:
    rest = ["gpt", "a cat", "--dry-run"] if command == "generate" else []
    for text in naughty:
        if can_be_typed(text) and "/" not in text:
            code, out, err = imagedeck(f"--output-dir={text}", command, *rest)
            assert code in {0, 2}, text
            assert harmless(out + err), text
