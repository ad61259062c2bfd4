"""A terminal that nobody reads, on this machine and behind an ssh client, as a laptop asleep is."""

import fcntl
import os
import select
import shlex
import shutil
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

from tui.core.job import State

JOBS = 20
SECONDS = 60.0
Open = Callable[..., Any]

pytestmark = [
    pytest.mark.soak,
    pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc"),
]


class Server:
    """A real sshd on loopback for this user alone, and a client that starts commands through it."""

    def __init__(self, folder: Path) -> None:
        found = shutil.which("sshd", path=f"{os.environ['PATH']}:/usr/sbin:/usr/local/sbin")
        if not found or not shutil.which("ssh"):
            pytest.skip("sshd and ssh are not both installed: nothing is tried over ssh")
        self._folder = folder
        folder.mkdir()
        for name in ("host", "user"):
            make = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(folder / name)]
            subprocess.run(make, check=True)
        lines = (
            "ListenAddress 127.0.0.1",
            f"HostKey {folder / 'host'}",
            f"AuthorizedKeysFile {folder / 'user.pub'}",
            *("StrictModes no", "UsePAM no", "PidFile none", "PermitUserRC no", "PrintMotd no"),
            *("PermitRootLogin yes", "PasswordAuthentication no", "PrintLastLog no"),
        )
        (folder / "config").write_text("\n".join(lines) + "\n")
        self._process, self._port = self._listen([found, "-D", "-e", "-f", str(folder / "config")])

    def command(self, environ: dict[str, str], *words: str) -> tuple[str, ...]:
        """Return what starts a command over there, in such an environment and a terminal."""
        # The shell's own variables and home are left out; its process becomes the command's.
        given = [f"{name}={value}" for name, value in environ.items() if name != "TERM"]
        far = shlex.join(["env", "-i", *given, 'TERM="$TERM"', *words])
        far = far.replace("'TERM=\"$TERM\"'", 'TERM="$TERM"')
        note = shlex.quote(str(self._folder / "pid"))
        options = {
            "StrictHostKeyChecking": "no",
            "UserKnownHostsFile": "/dev/null",
            "BatchMode": "yes",
            "LogLevel": "ERROR",
            "EscapeChar": "none",
        }
        return (
            *("ssh", "-tt", "-F", "none", "-i", str(self._folder / "user"), "-p", self._port),
            *(word for name, value in options.items() for word in ("-o", f"{name}={value}")),
            *("127.0.0.1", f"echo $$ >{note}; cd {shlex.quote(environ['HOME'])}; exec {far}"),
        )

    @property
    def pid(self) -> int:
        """The process over there."""
        return int((self._folder / "pid").read_text())

    def close(self) -> None:
        # Not until its output ends: the server of a connection holds that, too, and lives as long
        # as a client that a failed test has left stopped.
        self._process.terminate()
        self._process.wait()
        if self._process.stderr:
            self._process.stderr.close()

    def _listen(self, command: list[str]) -> tuple[subprocess.Popen[str], str]:
        for port in range(42022, 42122):
            process = subprocess.Popen(
                [*command, "-p", str(port)], stderr=subprocess.PIPE, text=True
            )
            assert process.stderr
            said = process.stderr.readline()
            if "listening" in said:
                return process, str(port)
            process.kill()
            said += process.communicate()[1]
            if "in use" not in said:
                pytest.skip(f"sshd does not start here: {said.strip()}")
        pytest.skip("sshd finds no port")


@contextmanager
def separation_folder() -> Iterator[None]:
    """Make the folder that root's sshd wants, where no system service has made it."""
    folder, made = Path("/run/sshd"), False
    if os.geteuid() == 0 and not folder.exists():
        folder.mkdir(mode=0o755)
        made = True
    try:
        yield
    finally:
        if made:
            with suppress(OSError):
                folder.rmdir()


@pytest.fixture
def ssh(tmp_path: Path) -> Iterator[Server]:
    with separation_folder():
        server = Server(tmp_path / "ssh")
        yield server
        server.close()


def fill(pid: int) -> None:
    """Make the app draw until its terminal takes nothing more."""
    tty = os.open(f"/proc/{pid}/fd/0", os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)
    full, width, end = 0, 80, time.monotonic() + 300
    try:
        while full < 20:
            assert time.monotonic() < end, "somebody reads it"
            width = 200 if width == 80 else 80
            fcntl.ioctl(tty, termios.TIOCSWINSZ, struct.pack("HHHH", 50, width, 0, 0))
            time.sleep(0.05)
            full = 0 if select.select([], [tty], [], 0)[1] else full + 1
    finally:
        os.close(tty)


def is_full(pid: int) -> bool:
    tty = os.open(f"/proc/{pid}/fd/0", os.O_WRONLY | os.O_NOCTTY | os.O_NONBLOCK)
    try:
        return not select.select([], [tty], [], 0)[1]
    finally:
        os.close(tty)


def looks(gateway: Any) -> int:
    return sum(gateway.ledger().polls.values())


def wait_for(holds: Callable[[], object], seconds: float = 30) -> float:
    start = time.monotonic()
    while not holds():
        assert time.monotonic() < start + seconds, "waited in vain"
        time.sleep(0.05)
    return time.monotonic() - start


def is_gone(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return True


@pytest.fixture
def measured(
    nursery: Any, new_home: Any, tmp_path: Path, http_gateway: Any, at_gateway: Open
) -> Iterator[Callable[[], tuple[Any, Callable[[], float]]]]:
    """Start jobs here, and as many in a process without a terminal: its looks are those due."""
    started: list[int] = []

    def start(home: Any) -> tuple[Any, Callable[[], float]]:
        gateway = at_gateway("poll:status=thinking")
        other = http_gateway(faults=["poll:status=thinking"])
        flags = ("generate", "gpt", "a lighthouse", "--size", "64x64", "--count", str(JOBS))
        here = new_home(home / "unused", gateway.url)
        here.environ["HOME"] = str(home)
        assert nursery.run(here, *flags, "--no-wait") == 0
        started.append(nursery.start(new_home(tmp_path / "other", other.url), *flags))
        wait_for(lambda: len(other.ledger().polls) == JOBS)

        def share() -> float:
            before = looks(gateway), looks(other)
            time.sleep(SECONDS)
            return (looks(gateway) - before[0]) / (looks(other) - before[1])

        return gateway, share

    yield start
    for pid in started:
        os.kill(pid, signal.SIGKILL)
        nursery.wait(pid)


def test_a_terminal_nobody_reads(
    measured: Any, open_terminal: Open, kept_jobs: Open, home: Path, figure: Open
) -> None:
    gateway, share = measured(home)
    terminal = open_terminal()
    terminal.see("pending")
    fill(terminal.pid)
    made = share()
    assert is_full(terminal.pid)
    gateway.play()
    wait_for(lambda: {job.state for job in kept_jobs()} == {State.SAVED})
    terminal.signal(signal.SIGTERM)
    seconds = wait_for(lambda: terminal.code is not None)
    assert terminal.end() == 143
    terminal.assert_restored()
    figure(
        f"terminal unread for {SECONDS:.0f} s",
        f"{100 * made:.0f} % of the looks due were made, {JOBS} of {JOBS} images saved; ended "
        f"{seconds:.1f} s after SIGTERM, modes as before",
    )
    assert made >= 0.95
    assert seconds < 10  # five, and as much for a busy machine


def test_an_ssh_client_that_is_stopped(
    measured: Any,
    open_terminal: Open,
    kept_jobs: Open,
    home: Path,
    environ: dict[str, str],
    figure: Open,
    ssh: Server,
) -> None:
    gateway, share = measured(home)
    terminal = open_terminal(command=ssh.command(environ, sys.executable, "-P", "-m", "tui"))
    terminal.see("pending")
    terminal.signal(signal.SIGSTOP)
    fill(ssh.pid)
    made = share()
    assert is_full(ssh.pid)
    gateway.play()
    wait_for(lambda: {job.state for job in kept_jobs()} == {State.SAVED})
    terminal.signal(signal.SIGCONT)
    fcntl.ioctl(terminal.number, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
    terminal.see("saved")
    terminal.send("\x11")
    assert terminal.end() == 0
    terminal.assert_restored()
    figure(
        f"ssh client stopped for {SECONDS:.0f} s (sshd)",
        f"{100 * made:.0f} % of the looks due were made, {JOBS} of {JOBS} images saved; it draws "
        "again when the client goes on, modes as before",
    )
    assert made >= 0.95


@pytest.mark.parametrize("stays", [False, True], ids=["ends", "leaves it to a process"])
def test_a_connection_that_drops(
    open_terminal: Open,
    at_gateway: Open,
    kept_jobs: Open,
    environ: dict[str, str],
    home: Path,
    figure: Open,
    ssh: Server,
    stays: bool,
) -> None:
    gateway = at_gateway("poll:status=thinking")
    if stays:
        config = home / ".config/imagedeck/config.toml"
        config.parent.mkdir(parents=True)
        config.write_text("detach_on_hangup = true\n")
    terminal = open_terminal(command=ssh.command(environ, sys.executable, "-P", "-m", "tui"))
    terminal.see("No jobs yet")
    terminal.send("a lighthouse\x07")
    terminal.see("pending")
    far = ssh.pid
    terminal.signal(signal.SIGKILL)
    seconds = wait_for(lambda: is_gone(far))
    (job,) = kept_jobs()
    assert job.state is State.PENDING
    gateway.play()
    if not stays:
        command = [sys.executable, "-P", "-m", "tui", "resume"]
        subprocess.run(command, env=environ, cwd=home, check=True, capture_output=True, timeout=60)
    wait_for(lambda: [one.state for one in kept_jobs()] == [State.SAVED])
    wait_for(lambda: not _left_over(home))
    assert len(gateway.ledger().accepted) == 1
    figure(
        f"ssh connection dropped, detach_on_hangup = {str(stays).lower()}",
        f"ended after {seconds:.1f} s, the job saved "
        + ("by the process that was left" if stays else "by `imagedeck resume`"),
    )
    assert seconds < 10  # five, and as much for a busy machine


def test_signals_over_ssh(
    open_terminal: Open, environ: dict[str, str], figure: Open, ssh: Server
) -> None:
    for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
        terminal = open_terminal(
            command=ssh.command(environ, sys.executable, "-P", "-m", "tui", "--demo")
        )
        terminal.see("DEMO", "No jobs yet")
        os.kill(ssh.pid, number)
        assert terminal.end() == 128 + number
        terminal.assert_restored()
    figure("TERM, HUP and INT over ssh", "terminal modes the same before and after in 3 of 3")


def _left_over(home: Path) -> list[str]:
    """Return the processes that still work in this home."""
    found = []
    for place in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            is_ours = "\0-m\0tui\0" in (place / "cmdline").read_text()
            if is_ours and f"HOME={home}\0" in (place / "environ").read_text():
                found.append(place.name)
    return found
