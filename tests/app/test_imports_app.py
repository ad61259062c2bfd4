"""What can be typed into must not wait for what is needed later only."""

import os
import subprocess
import sys
from pathlib import Path

import tui

LATER = {
    "PIL",
    "aiohttp",
    "httpx",
    "keyring",
    "obstore",
    "procrastinate",
    "prometheus_client",
    "psycopg",
    "pydantic",
    "sqlite3",
    "starlette",
    "uvicorn",
}
# What does things, when it is asked for.
OURS_LATER = {"tui.deck", "tui.app.job_desk", "tui.app.batches", "tui.app.shelf"}
MOST_OF_OURS = 200  # modules; each takes a third of a millisecond
PROGRAM = """
import sys
before = set()
from textual.app import App
original = App._display

def note(app, screen, renderable):
    original(app, screen, renderable)
    if not before:
        before.update(sys.modules)
        print("LOADED", *before)
        app.exit()

App._display = note
from tui.app.app import Imagedeck
import tui.app.launch
Imagedeck({}, demo=False).run(headless=True, size=(80, 24))
"""


def test_the_first_paint_waits_for_nothing_heavy(tmp_path: Path) -> None:
    environ = {name: os.environ[name] for name in ("PATH", "LANG") if name in os.environ}
    ended = subprocess.run(
        [sys.executable, "-P", "-c", PROGRAM],
        capture_output=True,
        text=True,
        check=True,
        cwd=tmp_path,
        env={**environ, "HOME": str(tmp_path), "IMAGEDECK_API_KEY": "k" * 20},
        timeout=60,
    )
    loaded = set(ended.stdout.partition("LOADED")[2].split())
    assert "textual" in loaded
    assert not (LATER | OURS_LATER) & loaded
    assert len([name for name in loaded if name.startswith("tui.")]) <= MOST_OF_OURS


def test_the_first_frame_waits_for_less(tmp_path: Path) -> None:
    code = """
import sys
import tui.app.first_frame
from tui.services import language
language.speak(language.wanted({}), "utf-8")
print(*sys.modules)
"""
    ended = subprocess.run(
        [sys.executable, "-P", "-S", "-c", code],
        capture_output=True,
        text=True,
        check=True,
        cwd=tmp_path,
        env={"PYTHONPATH": str(Path(tui.__file__).parents[1])},
        timeout=60,
    )
    loaded = set(ended.stdout.split())
    assert "tui.app.first_frame" in loaded
    assert not {"typing", "signal", "enum", "re", "gettext", "click", "textual", "asyncio"} & loaded
