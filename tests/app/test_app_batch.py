"""Batch files opened in the app."""

import asyncio
import threading
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tui.app.batches import Batches
from tui.app.screens.batch import Choices, Found
from tui.app.sending import BatchRun
from tui.core.job import State


async def test_a_file_is_checked_then_sent_and_again_only_what_is_missing(
    open_app: Any, at_home: Path
) -> None:
    file = at_home / "boats.jsonl"
    good = '{"prompt": "a red boat", "model": "gpt", "size": "1024x1024", "count": 2}\n'
    file.write_text(good + '{"prompt": "a [green] boat", "quality": "hihg"}\n{"prompt": "x"\n')
    async with open_app(demo=True) as person:
        await person.until_ready()
        await person.press("f10")
        await person.paste(str(file))
        await person.press("enter")
        await person.until_sees(
            "rows 3, 2 wrong",
            "requests 2, 2 images",
            "price ≈ $0.106",
            "line 2: quality: 'hihg'",
            "line 3: json: column 15",
            "Nothing is sent while a row is wrong",
        )
        await person.press("enter")
        assert not person.jobs
        await person.press("s")
        await person.until_sees("[✓] s skip invalid", "enter: send 2")
        await person.press("ctrl+r")  # a key that works everywhere, but not while something waits
        await person.settle()
        await person.press("enter")
        await person.until(lambda: person.states == ["saved"] * 2)
        await person.until_sees("boats: 2 of 2")
        assert len({job.group for job in person.jobs}) == 1
        file.write_text(good + '{"prompt": "a new boat", "model": "gpt"}\n')
        await person.press("f10")
        await person.until_sees("2 of 3 requests were sent by earlier runs", "enter: send 1")
        await person.press("enter")
        await person.until(lambda: len(person.jobs) == 3)
        await person.until(lambda: person.states == ["saved"] * 3)
        await person.press("f10")
        await person.until_sees("Nothing is missing")
        await person.press("a")
        await person.until_sees("[✓] a again", "enter: send 3")
        await person.press("escape")
        assert len(person.jobs) == 3


async def test_what_is_no_batch_file_is_told_in_words(open_app: Any, at_home: Path) -> None:
    (at_home / "empty.csv").write_text("prompt\n")
    async with open_app(demo=True) as person:
        await person.until_ready()
        await person.press("f10")
        for name, said in (
            (".", "is no file"),
            ("~nobody-of-that-name/boats.txt", "can't be read"),
            ("nothing.txt", "No such file or directory"),
            ("empty.csv", "The file has no rows."),
        ):
            await person.write("PathInput", name if name[0] == "~" else str(at_home / name))
            await person.press("enter")
            await person.until_sees(said)


async def test_what_was_looked_at_last_is_sent_however_long_an_earlier_look_takes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    last_is_done, closed = threading.Event(), []

    def check(_deck: Any, _path: str, choices: Choices, _model: Any) -> Any:
        if choices.again:  # all rows anew, and slower to look at
            last_is_done.wait(10)
        name = "all" if choices.again else "missing"
        file = SimpleNamespace(name=name, close=lambda: closed.append(name))
        return SimpleNamespace(file=file), Found(sends=name)

    async def opened() -> None: ...

    monkeypatch.setattr("tui.app.batches.checked_file", check)
    screen = SimpleNamespace(form=SimpleNamespace(model=None))
    batches = Batches(SimpleNamespace(opened=opened), screen, None)
    slow = asyncio.ensure_future(batches.look("boats.txt", Choices(again=True)))
    await asyncio.sleep(0)
    await batches.look("boats.txt", Choices())
    last_is_done.set()
    await slow
    assert batches._checked.file.name == "missing"
    assert closed == ["all"]
    batches._let_go()
    assert closed == ["all", "missing"]


def test_a_run_counts_its_own_rows_and_makes_room_as_they_go(make_job: Any) -> None:
    run = BatchRun("boats-1", "boats", 3, now=lambda: 0.0)
    first = make_job(1, group="boats-1", row="a")
    other = make_job(2, group="cats-1", row="a")
    run.see([first, other])
    assert (run.line, run.is_over) == ("boats: 0 of 3", False)
    run.is_fed = True
    failed = make_job(1, State.FAILED, group="boats-1", row="a")
    run.see([failed])
    assert (run.line, run.is_over) == ("boats: 1 of 3, 1 failed", True)
    run.see([make_job(3, State.SAVED, group="boats-1", row="a", follows=first.id)])
    assert run.line == "boats: 1 of 3"
