"""Answers without end or of enormous size, in a process of its own whose memory is measured."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import tui

MOST_MEMORY = 256  # MB
# Images may come inside an answer. One of the largest size that is taken is there three times
# while it is read: as bytes, as text, as the image's own text.
LONGEST_ANSWER = 96
FLOODED = Path(__file__).with_name("flooded.py")
Figure = Callable[[str], None]

linux = pytest.mark.skipif(sys.platform != "linux", reason="measures memory as Linux counts it")


def flooded(flood: str, patience: float = 120) -> dict[str, Any]:
    """Let a process of its own submit, look and fetch under such a flood."""
    run = subprocess.run(
        [sys.executable, "-P", str(FLOODED), flood],
        capture_output=True,
        check=False,
        text=True,
        timeout=patience,
        env={"PYTHONPATH": str(Path(tui.__file__).parents[1]), "PATH": ""},
    )
    assert run.returncode == 0, run.stderr
    told: dict[str, Any] = json.loads(run.stdout)
    return told


FLOODS = [
    *("endless json", "gigabyte", "gzip bomb", "gzip of gzip", "many values", "deep"),
    *("long string", "endless header", "many headers", "drops", "drops of a header"),
]


@linux
@pytest.mark.parametrize(
    "flood",
    [
        pytest.param(one, marks=[] if one in {"gzip bomb", "many headers"} else pytest.mark.soak)
        for one in FLOODS
    ],
)
def test_a_flood_is_cut_off(flood: str, figure: Figure) -> None:
    told = flooded(flood)
    figure(f"{flood}: {told['memory']} MB at most, {told['before']} before, in {told['seconds']} s")
    assert told["outcomes"] == ["Ambiguous", "Trouble", "TransferError"]
    assert told["memory"] < MOST_MEMORY + (LONGEST_ANSWER if flood == "long string" else 0)
