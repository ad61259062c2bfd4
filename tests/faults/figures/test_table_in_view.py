"""A batch through the app, over HTTP, while somebody looks at the table."""

import json
import os
from collections.abc import Callable, Iterator
from itertools import cycle
from pathlib import Path
from typing import Any

import pytest

F10, JUMP, UNFOLD, UP, DOWN = "\x1b[21~", "\x0f", "\x1b[C", "\x1b[A", "\x1b[B"
MOST_MEMORY = 150e6  # bytes


@pytest.mark.parametrize(
    "count", [200, pytest.param(10_000, marks=pytest.mark.soak)], ids=["short", "long"]
)
def test_each_row_is_one_job_one_charge_and_one_image(
    open_terminal: Callable[..., Any],
    new_home: Any,
    tmp_path: Path,
    http_gateway: Any,
    examine: Callable[..., Any],
    figure: Callable[[str, str], None],
    count: int,
) -> None:
    gateway = http_gateway()
    mine = new_home(tmp_path / "mine", gateway.url)
    batch = mine.place / "batch.jsonl"
    batch.write_text("".join(rows(count)))
    terminal = open_terminal(size=(120, 40), **mine.environ)
    send(terminal, batch, count)
    memory = [watch(terminal, keys) for keys in until_saved(mine, count)]
    terminal.rest()
    terminal.send("\x11")  # ctrl+q
    assert terminal.end() == 0
    verdict = examine(mine, gateway.ledger())
    assert not verdict.faults
    assert dict(verdict.states) == {"saved": count}
    assert len(gateway.ledger().accepted) == count
    assert len([*mine.images.glob("*.png")]) == count
    if count >= 10_000:
        figure(
            f"{count} jobs with an eye on the table",
            f"{count} charges, {count} images; memory at most {max(memory) / 1e6:.0f} MB",
        )
        assert max(memory) < MOST_MEMORY


def rows(count: int) -> Iterator[str]:
    for number in range(count):
        row = {"model": "gpt", "prompt": f"a lighthouse, {number}", "size": "64x64"}
        yield json.dumps(row) + "\n"


def send(terminal: Any, batch: Path, count: int) -> None:
    """Send the batch, unfold it, and go to its oldest job."""
    terminal.see("Jobs", "est. $")
    terminal.rest()
    terminal.send(F10)
    terminal.see("A batch file")
    terminal.send(f"{batch}\r")
    terminal.see(f"send {count:,}")
    terminal.send("\r")
    terminal.see("▸")
    terminal.send(JUMP)
    terminal.see("esc stays here")
    terminal.send("j")
    terminal.rest(0.1)
    terminal.send(UNFOLD + "G")


def until_saved(mine: Any, count: int) -> Iterator[str]:
    """Yield keys to press until all images are there."""
    for key in cycle([UP, UP, DOWN]):
        # Its sidecar comes last.
        if mine.images.exists() and sum(1 for _ in mine.images.glob("*.json")) >= count:
            return
        yield key


def watch(terminal: Any, key: str) -> int:
    """Press a key, look on for a second; return the bytes of memory that the app has."""
    terminal.send(key)
    for _ in range(20):
        terminal.read(0.05)
    pages = int(Path(f"/proc/{terminal.pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")
