"""What terminals do, are, and lack."""

import re
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Open = Callable[..., Any]
REPLIES = {
    "DA1": "\x1b[?62;22c",
    "DA2": "\x1b[>1;4000;30c",
    "size in pixels": "\x1b[4;600;800t",
    "size of a cell": "\x1b[6;20;10t",
    "XTVERSION": "\x1bP>|kitty(0.36.4)\x1b\\",
    "OSC 11": "\x1b]11;rgb:1e1e/1e1e/2e2e\x1b\\",
    "OSC 11 with BEL": "\x1b]11;rgb:1e1e/1e1e/2e2e\x07",
    "APC": "\x1b_Gi=31;OK\x1b\\",
    "mode": "\x1b[?2026;2$y",
    "kitty's keyboard": "\x1b[?1u",
}


@pytest.fixture
def demo(open_terminal: Open) -> Any:
    terminal = open_terminal("--demo")
    terminal.see("DEMO", "No jobs yet")
    return terminal


def leave(terminal: Any) -> None:
    terminal.send("\x11")
    assert terminal.end() == 0
    terminal.assert_restored()


def test_late_replies_are_not_typed(demo: Any) -> None:
    demo.send("<")
    for reply in REPLIES.values():
        demo.send(reply[:4])
        demo.read(0.02)
        demo.send(reply[4:] + ".")
    demo.send(">")
    demo.see(f"<{'.' * len(REPLIES)}>")
    leave(demo)


def test_bytes_that_are_no_text_do_not_end_it(demo: Any) -> None:
    demo.send(b"a\xff\xfeb\xe4\xb8")
    demo.read(0.05)
    demo.send(b"\xad!")
    demo.see("b中!")
    leave(demo)


def test_a_paste_with_line_feeds_submits_nothing(open_terminal: Open, at_gateway: Open) -> None:
    gateway = at_gateway()
    terminal = open_terminal()
    terminal.see("No jobs yet")
    terminal.send("\x1b[200~a lighthouse\nat night\r\nin a storm\n\x1b[201~!")
    terminal.see("at night", "in a storm", "!", "No jobs yet")
    assert not gateway.ledger().accepted
    terminal.send("\x0a\x07")  # some terminals paste line feeds as ctrl+j
    terminal.see("saved")
    (entry,) = gateway.ledger().accepted
    assert entry.prompt.split("\n")[:3] == ["a lighthouse", "at night", "in a storm"]


@pytest.mark.parametrize("width", [1, 500])
def test_any_size_is_survived(demo: Any, width: int) -> None:
    for columns, lines in [(width, max(1, width // 3)), (90, 30), (1, 1), (width, 200)] * 5:
        demo.resize(columns, lines)
        demo.read(0.01)
    demo.resize(80, 24)
    demo.send("fine")
    demo.see("DEMO", "Seedream 5.0 lite", "fine")
    leave(demo)


def test_suspended_it_leaves_the_terminal_to_the_shell(demo: Any) -> None:
    demo.send("before")
    demo.see("before")
    modes = set(demo.emulator.on)
    demo.signal(signal.SIGTSTP)
    demo.until(lambda: _state(demo.pid) == "T")
    demo.rest()
    demo.assert_restored()
    demo.signal(signal.SIGCONT)
    # What it drew before is still to be seen; keys typed too early would be the shell's.
    demo.until(lambda: demo.emulator.on == modes)
    demo.see("DEMO", "before")
    demo.send(" and after")
    demo.see("before and after")
    leave(demo)


def test_the_editor_gets_the_terminal_as_the_shell_left_it(open_terminal: Open, home: Path) -> None:
    script = home / "editor"
    script.write_text('#!/bin/sh\nstty -a > "$HOME/stty"\nread -r line\necho "$line" > "$1"\n')
    script.chmod(0o700)
    terminal = open_terminal("--demo", EDITOR=str(script))
    terminal.see("No jobs yet")
    terminal.send("\x05")
    terminal.until(lambda: (home / "stty").exists() and (home / "stty").read_text())
    assert re.search(r"(?<!-)\bicanon\b", (home / "stty").read_text())
    assert re.search(r"(?<!-)\becho\b", (home / "stty").read_text())
    terminal.send("from the editor\n")
    terminal.see("DEMO", "from the editor")
    leave(terminal)


def test_an_editor_that_fails_gives_the_screen_back(open_terminal: Open) -> None:
    terminal = open_terminal("--demo", EDITOR="false")
    terminal.see("No jobs yet")
    terminal.send("a lighthouse\x05")
    terminal.see("false ended with code 1", "a lighthouse")
    leave(terminal)


@pytest.mark.parametrize(
    "variables",
    [
        {"NO_COLOR": "1"},
        {"TERM": "xterm", "COLORTERM": None},
        pytest.param({"TERM": "screen-256color"}, marks=pytest.mark.soak),
        pytest.param({"TERM": "vt100"}, marks=pytest.mark.soak),
        {"LANG": "C", "LC_ALL": "C"},
    ],
    ids=str,
)
def test_poor_terminals(open_terminal: Open, variables: dict[str, str | None]) -> None:
    terminal = open_terminal("--demo", **variables)
    terminal.see("DEMO", "No jobs yet")
    terminal.send("a lighthouse 猫")
    terminal.see("a lighthouse 猫")
    leave(terminal)


@pytest.mark.parametrize(
    ("term", "size"), [("dumb", (80, 24)), (None, (80, 24)), ("xterm", (0, 0))], ids=repr
)
def test_where_nothing_can_be_placed_it_works_line_by_line(
    open_terminal: Open, term: str | None, size: tuple[int, int]
) -> None:
    terminal = open_terminal("--demo", TERM=term, size=size, window=(80, 24))
    terminal.see("line by line", "imagedeck>")
    terminal.send("model gpt\ngenerate a lighthouse\nwait\n")
    terminal.see("queued", "saved", "Done.")
    terminal.send("quit\n")
    assert terminal.end() == 0
    if term != "xterm":  # where it is, the line can be edited
        assert b"\x1b" not in terminal.raw


def test_a_terminal_without_unicode_gets_signs_it_knows(open_terminal: Open) -> None:
    terminal = open_terminal("--demo", PYTHONIOENCODING="latin-1", size=(160, 45))
    terminal.see("DEMO", "No jobs yet")
    terminal.send("a lighthouse\x07")
    terminal.see("+ saved", "sha256", "2048x2048 > 2048x2048")
    terminal.rest()
    # What Latin-1 has, such as a middle dot, is no UTF-8, which this terminal reads.
    assert "".join(terminal.lines).replace("\ufffd", "").isascii()
    leave(terminal)


def test_without_a_terminal_it_names_the_commands(environ: dict[str, str], home: Path) -> None:
    for stdin in (subprocess.DEVNULL, subprocess.PIPE):
        done = subprocess.run(
            [sys.executable, "-P", "-m", "tui", "--demo"],
            stdin=stdin,
            capture_output=True,
            text=True,
            env=environ,
            cwd=home,
            check=False,
            timeout=30,
        )
        assert done.returncode == 2
        assert "needs a terminal" in done.stderr
        assert "generate" in done.stderr
        assert done.stdout == ""


def test_a_pipe_behind_it_gets_nothing(open_terminal: Open, home: Path) -> None:
    terminal = open_terminal(command=("sh", "-c", f"{sys.executable} -P -m tui --demo > out"))
    assert terminal.end() == 2
    assert "needs a terminal" in terminal.text
    assert (home / "out").read_text() == ""


def test_drawing_does_not_go_where_stderr_goes(open_terminal: Open, home: Path) -> None:
    terminal = open_terminal(command=("sh", "-c", f"{sys.executable} -P -m tui --demo 2> err"))
    terminal.see("DEMO", "No jobs yet")
    leave(terminal)
    assert (home / "err").read_text() == ""


def test_idle_it_writes_nothing_until_another_process_does_something(
    demo: Any, environ: dict[str, str], home: Path
) -> None:
    demo.rest(1.5)  # all that comes with opening
    assert demo.read(3) == b""
    subprocess.run(
        [sys.executable, "-P", "-m", "tui", "generate", "gpt", "from elsewhere", "--demo"],
        env=environ,
        cwd=home,
        check=True,
        capture_output=True,
        timeout=60,
    )
    demo.see("from elsewhere", "saved", seconds=5)
    leave(demo)


@pytest.mark.skipif(not Path("/proc/net/tcp").exists(), reason="needs /proc")
def test_the_demo_uses_no_network(demo: Any) -> None:
    demo.send("a lighthouse\x07")
    demo.until(lambda: "saved" in demo.text or _inet_sockets(demo.pid))
    assert _inet_sockets(demo.pid) == set()
    leave(demo)


def _state(pid: int) -> str:
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]


def _inet_sockets(pid: int) -> set[str]:
    files = [str(one.resolve()) for one in Path(f"/proc/{pid}/fd").iterdir()]
    own = set(re.findall(r"socket:\[(\d+)\]", " ".join(files)))
    known = set()
    for table in ("tcp", "tcp6", "udp", "udp6"):
        rows = Path(f"/proc/net/{table}").read_text().splitlines()[1:]
        known |= {row.split()[9] for row in rows}
    return own & known
