"""Naughty strings in every place of the app where somebody else's words are shown."""

import asyncio
import logging
import os
import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from textual.drivers.headless_driver import HeadlessDriver
from textual.pilot import Pilot

from tui.app.app import Imagedeck
from tui.app.canvas import Canvas
from tui.app.estimates import Estimates
from tui.app.screens.look import LookScreen
from tui.app.widgets.form.completion import complete
from tui.app.widgets.preview.wanted import ThumbnailWanted
from tui.core.job import ErrorKind, Job, JobError, Result, Saved, State
from tui.core.naming import DEFAULT_TEMPLATE
from tui.core.request import Reference, Request
from tui.models import GPT_IMAGE, MODELS, SEEDREAM

# What Textual itself writes: colours, places, modes, keyboard protocol, erasing, the pointer.
OURS = re.compile(
    r"\x1b\]22;default\x07|\x1b\[[\d;:]*m|\x1b\[\d+;\d+H|\x1b\[[?<>=][\d;]*(?:\$?[a-zA-Z])|\x1b\[\d*[A-KXuh]"
)
# What a terminal acts on, or a reader is deceived by.
FOREIGN = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff"
    "\ud800-\udfff\U000e0000-\U000e007f]"
)
SIZES = [(80, 24), pytest.param((160, 45), marks=pytest.mark.soak)]


@dataclass
class Onlooker:
    """Watches what is drawn and what is written to the terminal."""

    pilot: Pilot[Any]
    written: list[str] = field(default_factory=list)

    @property
    def app(self) -> Imagedeck:
        app = self.pilot.app
        assert isinstance(app, Imagedeck)
        return app

    async def looks(self, about: object) -> None:
        """Check the screen as it is drawn, strip by strip, and what was written since."""
        await self.pilot.pause()
        width = self.app.size.width
        for strip in self.app.screen._compositor.render_strips():
            assert not FOREIGN.search(strip.text), repr((about, strip.text))
            assert strip.cell_length == width, repr((about, strip.text))
        written, self.written[:] = OURS.sub("", "".join(self.written)), []
        assert not FOREIGN.search(written.replace("\r\n", "")), repr((about, written))


@pytest.fixture
def at_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.startswith(("IMAGEDECK_", "XDG_")):
            monkeypatch.delenv(name)
    (tmp_path / "home").mkdir()
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.null.Keyring")
    monkeypatch.chdir(tmp_path)


@asynccontextmanager
async def opened(size: tuple[int, int], monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Onlooker]:
    root = logging.getLogger()
    before = set(root.handlers)
    written: list[str] = []
    monkeypatch.setattr(HeadlessDriver, "write", lambda _, data: written.append(data))
    app = Imagedeck({}, demo=True)
    try:
        async with app.run_test(size=size, notifications=True) as pilot:
            while not any(one.group == "others" for one in app.workers):
                await pilot.pause()
            try:
                yield Onlooker(pilot, written)
            finally:
                # A real exit ends the loop first; run_test would take apart what still works.
                app.exit()
                assert app._task
                await asyncio.wait({app._task}, timeout=10)
    finally:
        await asyncio.to_thread(app.session.close)
        for handler in set(root.handlers) - before:
            root.removeHandler(handler)
            handler.close()


def job_of(text: str, number: int) -> Job:
    """Make a job that says the same wherever it can say something, in one state after another."""
    state = list(State)[number % len(State)]
    values = {"prompt": text, "size": text, "quality": text, "aspect_ratio": text}
    file = Saved(
        path=f"pictures/{text}",
        index=1,
        width=1,
        height=1,
        format="PNG",
        bytes=1,
        sha256=f"{number:064x}",
        notes=(text,),
    )
    return Job(
        id=f"{number:032x}",
        request=Request(
            model=[text, *(model.id for model in MODELS)][number % 5],
            values=values,
            references=(Reference(name=text, url=f"https://a.example/{number}"),),
        ),
        state=state,
        created=1_800_000_000.0 + number,
        updated=1_800_000_000.0 + number,
        folder=text,
        template=DEFAULT_TEMPLATE,
        task_id=text,
        word=text,
        results=(Result(url=text),),
        files=(file,) if state is State.SAVED else (),
        error=JobError(ErrorKind.FAILED, text),
        warnings=(text,),
    )


@pytest.mark.usefixtures("at_home")
@pytest.mark.parametrize("size", SIZES)
async def test_jobs_are_shown_as_text(
    naughty: list[str],
    size: tuple[int, int],
    monkeypatch: pytest.MonkeyPatch,
    figure: Callable[[str], None],
) -> None:
    async with opened(size, monkeypatch) as seen:
        jobs = [job_of(text, number) for number, text in enumerate(naughty)]
        main = seen.app.main
        main.apply(jobs)
        main.table.focus()
        await seen.looks("the table")
        for number, job in enumerate(reversed(jobs)):
            assert main.table.job == job
            main.preview.show(job)
            if main.preview._asked:
                wanted = ThumbnailWanted("", *main.preview._asked, main.preview)
                main.preview.no_picture(wanted, job.prompt)
            await seen.looks(job.prompt)
            if number % 8 == 0:
                seen.app.push_screen(LookScreen(job, Estimates(seen.app.session), Canvas()))
                await seen.looks(job.prompt)
                await seen.pilot.press("escape")
            main.table.action_move(1)
    figure(f"{len(naughty)} jobs made of naughty strings at {size[0]}x{size[1]}: all text")


@pytest.mark.usefixtures("at_home")
async def test_prompts_and_sentences_are_shown_as_text(
    naughty: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    async with opened((100, 30), monkeypatch) as seen:
        for text in naughty:
            complete(text)
            seen.app.main.editor.load_text(text)
            seen.app.main.topline.tell(text, text)
            seen.app.say(text, "warning")
            await seen.looks(text)
            seen.app.clear_notifications()


@pytest.mark.usefixtures("at_home")
async def test_the_form_takes_them_as_text(
    naughty: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    names = [one.name for one in GPT_IMAGE.fields if one.name != "prompt"]
    async with opened((100, 30), monkeypatch) as seen:
        for at in range(0, len(naughty), len(names)):
            texts = naughty[at : at + len(names)]
            load, form = seen.app.main.form.call_later, seen.app.main.form
            load(form.load, GPT_IMAGE, dict(zip(names, texts, strict=False)))
            await seen.looks(texts)
            await seen.pilot.press("ctrl+g")  # refused, with all the reasons
            await seen.looks(texts)
            seen.app.clear_notifications()
            known = [Reference(name=text, url=text) for text in texts]
            load(form.load, SEEDREAM, {"size": texts[0]}, [*known, *texts])
            await seen.looks(texts)
