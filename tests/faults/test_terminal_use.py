import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Open = Callable[..., Any]
SIZES = [(80, 24), (200, 50)]

# Stands in for Textual until the test opens the gate, so that "before it is imported" is a fact.
SLOW_TEXTUAL = """
import os, pathlib, sys, time
gate = pathlib.Path(os.environ["GATE"])
gate.with_suffix(".reached").touch()
while not gate.exists():
    time.sleep(0.01)
sys.path.remove(os.path.dirname(os.path.dirname(__file__)))
del sys.modules["textual"]
import textual
"""


@pytest.fixture
def gate(tmp_path: Path, environ: dict[str, str]) -> Path:
    package = tmp_path / "slow" / "textual"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text(SLOW_TEXTUAL)
    environ["PYTHONPATH"] = str(package.parent)
    environ["GATE"] = str(tmp_path / "gate")
    return tmp_path / "gate"


def saved_files(home: Path) -> list[Path]:
    return sorted((home / "Pictures" / "imagedeck").rglob("*.png"))


def test_the_first_frame_is_there_before_textual_shows_keys_and_loses_none(
    open_terminal: Open, gate: Path
) -> None:
    terminal = open_terminal("--demo")
    terminal.see("imagedeck", "Starting")
    terminal.until(gate.with_suffix(".reached").exists)
    terminal.send("a light")
    terminal.see("Starting", "a light")
    gate.touch()
    terminal.see("Seedream 5.0 lite", "a light")
    terminal.send("house")
    terminal.see("a lighthouse")
    terminal.send("\x11")
    assert terminal.end() == 0
    terminal.assert_restored()


@pytest.mark.parametrize(("keys", "code"), [("\x03", 130), ("", 143)])
def test_leaving_while_it_starts(open_terminal: Open, gate: Path, keys: str, code: int) -> None:
    terminal = open_terminal("--demo")
    terminal.until(gate.with_suffix(".reached").exists)
    if keys:
        terminal.send(keys)
    else:
        terminal.signal(signal.SIGTERM)
    assert terminal.end() == code
    terminal.assert_restored()
    assert "Traceback" not in terminal.text


@pytest.mark.parametrize("size", SIZES, ids=str)
def test_from_a_prompt_to_the_picture(
    open_terminal: Open, at_gateway: Open, home: Path, size: tuple[int, int]
) -> None:
    gateway = at_gateway()
    terminal = open_terminal(size=size)
    terminal.see("Seedream 5.0 lite", "Generate")
    terminal.send("一只猫坐在窗边 beside a lamp")
    terminal.see("一只猫坐在窗边 beside a lamp")
    terminal.send("\x07")
    terminal.see("Seedream 5.0 lite", "beside a lamp", "saved")
    (submission,) = gateway.ledger().accepted
    assert submission.prompt == "一只猫坐在窗边 beside a lamp"
    assert len(saved_files(home)) == 1
    while "Retry" not in terminal.lines[-1]:
        terminal.send("\t")
        terminal.rest()
    terminal.send("\r")
    terminal.see("Back", "sha256", "▀▀▀▀▀▀▀▀")
    terminal.send("\x1b")
    terminal.see("Seedream 5.0 lite", "saved")
    terminal.send("\x11")
    assert terminal.end() == 0
    terminal.assert_restored()
