"""A key that sings wherever it is let out."""

import base64
import http.server
import json
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

KEY = "sk-CANARY-7f3a/9+x=='\"Zq81"
WORD = b"CANARY-7f3a"
# Whole groups of three letters at each of three offsets, without what neighbours take part in.
FORMS = [
    WORD,
    b"CANARY",
    *(
        base64.b64encode(bytes(offset) + b"sk-" + WORD)[4 + shared : -4]
        for offset, shared in ((0, 0), (1, 1), (2, 1))
    ),
]
CRASHES = {
    "in the command": "Deck.check_output = fail",
    "in a step": "Submitting.step = step",
    "in a thread": "Deck.check_output = thread",
}
CRASH = """
import asyncio, logging, sys, threading
from tui.deck import Deck
from tui.services.engine.submitting import Submitting
from tui.services.log import start_log
import tui.services.log as log
def start(places, real=start_log):
    real(places)
    for name in ("", "httpx", "httpcore", "aiohttp", "asyncio"):
        logging.getLogger(name).setLevel(logging.DEBUG)
log.start_log = start
def fail(self):
    key = self.key.reveal()
    raise RuntimeError("unexpected " + key, {"X-API-Key": key})
async def step(self, job):
    key = self._work.gateway._key.reveal()
    self._work.tell("going on")
    raise RuntimeError("unexpected " + key)
def thread(self):
    one = threading.Thread(target=fail, args=[self])
    one.start()
    one.join()
%s
from tui.cli.root import run
sys.exit(run(sys.argv[1:]))
"""


class Parrot(http.server.BaseHTTPRequestHandler):
    """A gateway that repeats the key it was sent, as some do."""

    status = 401

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self._repeat()

    def do_GET(self) -> None:
        self._repeat()

    def _repeat(self) -> None:
        key = self.headers.get("X-API-Key", "")
        said = f"Incorrect API key provided: {key} (\x1b[31m{key[:200]}). Headers: {self.headers}"
        body = json.dumps({"error": {"message": said, "key": key}, "task_id": None}).encode()
        self.send_response(type(self).status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def parrot(environ: dict[str, str]) -> Iterator[Callable[[int], None]]:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Parrot)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()

    def speak(status: int) -> None:
        Parrot.status = status
        environ["IMAGEDECK_BASE_URL"] = f"http://127.0.0.1:{server.server_port}"

    yield speak
    server.shutdown()
    server.server_close()
    thread.join()


class Aviary:
    """Runs commands with the key, and listens."""

    def __init__(self, home: Path, environ: dict[str, str]) -> None:
        self.home = home
        self.environ = environ
        self.commands = 0

    def run(self, *args: str, code: str = "", given: str | None = None) -> str:
        start = ["-P", "-c", code] if code else ["-P", "-m", "tui"]
        done = subprocess.run(
            [sys.executable, *start, *args],
            capture_output=True,
            check=False,
            cwd=self.home,
            env={"IMAGEDECK_API_KEY": KEY, **self.environ},
            input=given.encode() if given else b"",
            timeout=90,
        )
        self.commands += 1
        for stream in (done.stdout, done.stderr):
            assert not [form for form in FORMS if form in stream], stream.decode(errors="replace")
        return (done.stdout + done.stderr).decode()

    def search(self, *besides: Path) -> int:
        """Look into every file of the home; return how many there are."""
        files = [one for one in self.home.rglob("*") if one.is_file() and one not in besides]
        for file in files:
            content = file.read_bytes()
            assert not [form for form in FORMS if form in content], file
        return len(files)


@pytest.fixture
def aviary(home: Path, environ: dict[str, str], at_gateway: Callable[..., Any]) -> Aviary:
    gateway = at_gateway(key=KEY)
    aviary = Aviary(home, environ)
    aviary.environ["PYTHONASYNCIODEBUG"] = "1"
    del aviary.environ["IMAGEDECK_API_KEY"]
    aviary.gateway = gateway  # type: ignore[attr-defined]
    return aviary


FAULTS = (
    (),
    ("submit:401*1",),
    ("submit:403*1",),
    ("submit:402*1",),
    ("submit:500,charged*1",),
    ("submit:drop-after*1",),
    ("submit:redirect=http://127.0.0.1:1/{url}*1",),
    ("submit:html*1",),
    ("submit:noid*1",),
    ("poll:401*1",),
    ("poll:html*2",),
    ("poll:failed",),
    ("image:404",),
    ("image:not-an-image",),
)


@pytest.mark.parametrize("faults", [FAULTS[:2], pytest.param(FAULTS, marks=pytest.mark.soak)])
def test_the_key_is_in_no_file_and_no_output(
    aviary: Aviary, faults: Sequence[tuple[str, ...]]
) -> None:
    for some in faults:
        aviary.gateway.play(*some)  # type: ignore[attr-defined]
        aviary.run("generate", "gpt", f"a {some}", "--quality", "low", "--timeout", "2")
    aviary.gateway.play()  # type: ignore[attr-defined]
    aviary.run("generate", "gpt", "a cat", "--quality", "low", "--json")
    aviary.run("generate", "gpt", "a cat", "--dry-run", "--json")
    aviary.run("config", "show")
    for args in (("config", "show"), ("key", "status"), ("jobs",), ("prune",)):
        aviary.run(*args, "--json")
    newest = json.loads(aviary.run("jobs", "--json").splitlines()[0])["job"]
    aviary.run("show", newest)
    aviary.run("show", newest, "--json")
    aviary.run("resume", "--timeout", "2")
    assert aviary.search() > 5
    assert list(aviary.home.rglob("*.json"))
    assert list(aviary.home.rglob("imagedeck.log"))


@pytest.mark.parametrize("where", CRASHES)
def test_a_crash_with_everything_logged_keeps_it(aviary: Aviary, where: str) -> None:
    code = CRASH % CRASHES[where]
    said = aviary.run("generate", "gpt", "a cat", "--quality", "low", "--timeout", "3", code=code)
    assert "unexpected" in said
    assert aviary.search() > 1
    log = (aviary.home / ".local/state/imagedeck/imagedeck.log").read_text()
    assert "unexpected ***" in log
    if where != "in a step":
        assert "unexpected ***" in said


@pytest.mark.parametrize("status", [400, 401, 500, 200])
def test_a_gateway_that_repeats_it_changes_nothing(
    aviary: Aviary, parrot: Callable[[int], None], status: int
) -> None:
    parrot(status)
    said = aviary.run("generate", "gpt", "a cat", "--quality", "low", "--timeout", "2")
    aviary.run("jobs", "--json")
    if status in {400, 401}:
        assert "Incorrect API key provided: ***" in said
    aviary.search()


def test_a_kept_key_is_in_its_file_alone(aviary: Aviary) -> None:
    aviary.environ["IMAGEDECK_API_KEY"] = ""
    aviary.run("key", "set", given=KEY)
    (file,) = (aviary.home / ".config/imagedeck/keys").iterdir()
    assert file.read_text().strip() == KEY
    aviary.run("generate", "gpt", "a cat", "--quality", "low")
    aviary.run("config", "show")
    assert aviary.search(file) > 2
    aviary.run("key", "forget")
    assert aviary.search() > 2
