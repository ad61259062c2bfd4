"""A real sshd on loopback with the account of docs/ssh.md, and what its clients may do."""

import getpass
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

PROJECT = Path(__file__).parents[2]
SSHD = shutil.which("sshd", path=f"{os.environ['PATH']}:/usr/sbin")
KITTY = {
    "\x1b_Gi=31,s=1,v=1,a=q,t=d,f=24;AAAA\x1b\\": "\x1b_Gi=31;OK\x1b\\",
    "\x1b[>0q": "\x1bP>|kitty(0.41.1)\x1b\\",
    "\x1b[16t": "\x1b[6;16;8t",
    "\x1b[c": "\x1b[?62;c",
}
pytestmark = [
    pytest.mark.skipif(not (SSHD and shutil.which("ssh")), reason="needs ssh and sshd"),
    pytest.mark.skipif(os.geteuid() != 0, reason="sshd asks for root to read passwords"),
]


@pytest.fixture
def account(tmp_path: Path, home: Path) -> Iterator[list[str]]:
    """An sshd on loopback with the recipe's account; returns how to get in."""
    for name in ("host", "client"):
        command = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(tmp_path / name)]
        subprocess.run(command, check=True)
    shutil.copy(tmp_path / "client.pub", tmp_path / "authorized")
    start = tmp_path / "imagedeck"
    start.write_text(
        f"#!/bin/sh\nexport HOME={home}\n"
        f"export PYTHON_KEYRING_BACKEND=keyring.backends.null.Keyring\n"
        f'cd && env > "$HOME/seen" && echo $$ > "$HOME/pid"\n'
        f"exec {sys.executable} -P -m tui --demo\n"
    )
    start.chmod(0o700)
    page = (PROJECT / "docs" / "ssh.md").read_text("utf-8")
    recipe = re.search(r"```sshd\n(.*?)```", page, re.DOTALL)[1]
    recipe = recipe.replace("pictures", getpass.getuser())
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    (tmp_path / "config").write_text(
        f"Port {port}\nListenAddress 127.0.0.1\nHostKey {tmp_path / 'host'}\nStrictModes no\n"
        f"PidFile none\nUsePAM no\nPermitRootLogin yes\n"
        f"AuthorizedKeysFile {tmp_path / 'authorized'}\n"
        + recipe.replace("/usr/local/bin/imagedeck", str(start))
    )
    Path("/run/sshd").mkdir(exist_ok=True)
    server = subprocess.Popen(
        [str(SSHD), "-D", "-e", "-f", str(tmp_path / "config")], stderr=subprocess.PIPE, text=True
    )
    try:
        _wait_for(port, server)
        yield [
            *["ssh", "-F", "none", "-p", str(port), "-i", str(tmp_path / "client")],
            *["-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null"],
            *["-o", "LogLevel=ERROR", "-o", "SendEnv=COLORTERM"],
        ]
    finally:
        server.terminate()
        server.communicate()


def _wait_for(port: int, server: "subprocess.Popen[str]") -> None:
    end = time.monotonic() + 10
    while server.poll() is None and time.monotonic() < end:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.02)
        else:
            return
    pytest.fail(f"sshd does not start: {server.communicate()[1] if server.poll() else ''}")


def test_the_account_runs_the_app_and_nothing_else(
    account: list[str], open_terminal: Callable[..., Any], home: Path
) -> None:
    terminal = open_terminal(
        "-tt",
        "127.0.0.1",
        "/bin/sh",  # what is asked for is not what one gets
        command=tuple(account),
        size=(160, 45),
        answers=KITTY,
        COLORTERM="truecolor",
    )
    terminal.see("DEMO", "No jobs yet")
    assert "COLORTERM=truecolor" in (home / "seen").read_text()
    assert b"8;2;" in terminal.raw
    terminal.send("a lighthouse\x07")
    terminal.see("saved", "sha256")
    terminal.until(lambda: b"\x1b_Ga=T" in terminal.raw)
    terminal.send("\x05")  # an editor would be a way out
    terminal.see("false")
    terminal.send("\x11")
    assert terminal.end() == 0
    terminal.assert_restored()


def connected(open_terminal: Callable[..., Any], account: list[str], **options: Any) -> Any:
    terminal = open_terminal("-tt", "127.0.0.1", command=tuple(account), answers=KITTY, **options)
    terminal.see("DEMO", "No jobs yet")
    return terminal


def app_of(home: Path) -> int:
    """Return the process id of the app, which `exec` gave that of its start."""
    return int((home / "pid").read_text())


def is_there(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_without_colorterm_there_are_256_colours_and_the_size_follows_the_client(
    account: list[str], open_terminal: Callable[..., Any]
) -> None:
    terminal = connected(open_terminal, account, size=(80, 24), COLORTERM=None)
    assert set(re.findall(rb"[34](8;[25];)", terminal.raw)) == {b"8;5;"}
    terminal.resize(160, 45)
    terminal.see("Preview", "No job is chosen")
    terminal.send("a lighthouse\x07")
    terminal.see("saved", "sha256")
    terminal.until(lambda: b"\x1b_Ga=T" in terminal.raw)
    terminal.send("\x11")
    assert terminal.end() == 0
    terminal.assert_restored()


def test_a_client_that_was_killed_leaves_nothing_running(
    account: list[str], open_terminal: Callable[..., Any], home: Path
) -> None:
    terminal = connected(open_terminal, account)
    pid = app_of(home)
    terminal.signal(signal.SIGKILL)
    terminal.until(lambda: not is_there(pid))


@pytest.mark.soak
def test_a_client_that_was_stopped_finds_its_jobs_done(
    account: list[str], open_terminal: Callable[..., Any], home: Path
) -> None:
    terminal = connected(open_terminal, account)
    terminal.send("a lighthouse\x07")
    terminal.see("a lighthouse")
    terminal.signal(signal.SIGSTOP)
    images = home / "Pictures/imagedeck/demo"
    terminal.until(lambda: list(images.glob("*.png")))  # nobody reads, and it goes on
    terminal.signal(signal.SIGCONT)
    terminal.see("saved")
    terminal.send("\x11")
    assert terminal.end() == 0
    terminal.assert_restored()


def test_without_a_terminal_the_account_gets_a_sentence(account: list[str]) -> None:
    done = subprocess.run(
        [*account, "-T", "127.0.0.1", "cat /etc/passwd"],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 2
    assert done.stdout == ""
    assert "needs a terminal" in done.stderr
