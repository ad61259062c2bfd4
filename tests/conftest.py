"""Fixtures that every part may use."""

import hashlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from hypothesis import settings

from tui.demo.gateway import DemoGateway
from tui.demo.ledger import Ledger
from tui.demo.server import GatewayServer, listen, url_of

# A busy machine is no fault of what is tested. What a change has to pass is the same each time;
# elsewhere each run looks at other values.
settings.register_profile("unhurried", deadline=None, derandomize="CI" in os.environ)
settings.load_profile("unhurried")

MEMORY = Path("/dev/shm")
ROOM = 2 * 1024**3  # bytes; all tests together leave half a gigabyte

POSTGRES = "IMAGEDECK_TEST_DATABASE_URL"  # a server that may be filled with databases

GOLDEN = Path(__file__).parent / "golden"

_FIGURES = pytest.StashKey[list[tuple[str, str]]]()


def pytest_configure(config: pytest.Config) -> None:
    """Keep the tests' folders in memory where there is room: they wait for many small commits.

    The long fault tests stay on the disk.
    """
    is_short = config.option.markexpr != "soak"
    if is_short and MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > ROOM:
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(MEMORY))
    # What the tests expect is English, and so is what they start.
    for name in ("LC_ALL", "LC_MESSAGES", "LANGUAGE"):
        os.environ.pop(name, None)
    os.environ["LANG"] = "C.UTF-8"
    # Under nohup, or behind a script's `&`, these are ignored, and what the tests start would
    # inherit it: a handler goes on ignoring them here, and ends with exec.
    for number in (signal.SIGHUP, signal.SIGINT):
        if signal.getsignal(number) is signal.SIG_IGN:
            signal.signal(number, lambda *_: None)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what needs a PostgreSQL where there is none: `make test-shared` starts one.

    So are, but for the long ones, the trials that need an S3 server which keeps what it is given.
    """
    if POSTGRES in os.environ:
        return
    needs = {"postgres"} if config.option.markexpr == "soak" else {"postgres", "new_s3_server"}
    left = [one for one in items if needs & {*getattr(one, "fixturenames", ())}]
    if left:
        config.hook.pytest_deselected(items=left)
        items[:] = [one for one in items if one not in left]


def pytest_xdist_auto_num_workers() -> int:
    """Say how many tests run side by side: one more than the cores, since many of them wait."""
    return (os.cpu_count() or 1) + 1


@pytest.fixture(scope="session")
def postgres(worker_id: str) -> str:
    """A database of this worker's own on the server that `make test-shared` has started."""
    server = os.environ[POSTGRES]
    import psycopg

    from tui.services.journal.postgres.connection import PostgresConnection
    from tui.services.journal.postgres.schema import prepare

    name = f"test_{worker_id}"
    with psycopg.connect(server, autocommit=True) as db:
        db.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        db.execute(f"CREATE DATABASE {name}")
    url = f"{server.rpartition('/')[0]}/{name}"
    db = PostgresConnection(url)
    prepare(db)
    db.close()
    return url


@pytest.fixture
def database_url(postgres: str) -> str:
    """The address of a shared database that is ready, and empty."""
    import psycopg

    with psycopg.connect(postgres, autocommit=True) as db:
        db.execute("SET search_path = imagedeck")
        db.execute(
            "TRUNCATE jobs, requests, attempts, spending, pauses, slots, waiting, owners, refs, "
            "turns, procrastinate_jobs, procrastinate_workers RESTART IDENTITY CASCADE"
        )
        db.execute("UPDATE journal SET change = 0")
    return postgres


@pytest.fixture
def golden() -> Callable[[str, str], None]:
    """Compare with tests/golden/NAME.txt; GOLDEN=write writes it, for a reviewer to read."""

    def compare(name: str, text: str) -> None:
        file = GOLDEN / f"{name}.txt"
        if os.environ.get("GOLDEN") == "write":
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8")
        assert text == file.read_text(encoding="utf-8"), f"{file.name} shows another screen"

    return compare


@pytest.fixture
def figure(request: pytest.FixtureRequest) -> Callable[[str, str], None]:
    """Note what a long test has measured: `figure("power cuts", "200: nothing lost")`."""
    notes = request.config.stash.setdefault(_FIGURES, [])
    return lambda name, found: notes.append((name, found))


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    """Print the figures of a soak run as a table."""
    if notes := config.stash.get(_FIGURES, []):
        terminalreporter.section("figures")
        width = max(len(name) for name, _ in notes)
        for name, found in notes:
            terminalreporter.write_line(f"{name:<{width}}  {found}")


class HttpGateway:
    """The embedded gateway over a real socket, in a thread of its own."""

    def __init__(self, folder: Path, **options: Any) -> None:
        listener = listen(port=options.pop("port", 0))
        self.url = url_of(listener)
        self.folder = folder
        self._gateway = DemoGateway(folder, **options)
        started = threading.Event()
        self._server = GatewayServer(self._gateway, listener, started.set)
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()
        assert started.wait(10)

    def ledger(self) -> Ledger:
        """Return what was asked of it so far."""
        return self._gateway.ledger()

    def play(self, *faults: str) -> None:
        """Play these faults from now on, and no others."""
        self._gateway.plan.replace(faults)

    def stop(self) -> None:
        """End it; its tasks stay in the folder."""
        self._server.should_exit = True
        self._thread.join(10)
        self._gateway.close()


class S3Server:
    """A real S3 server in a folder of its own: `moto` or `seaweedfs`; it can be stopped."""

    def __init__(self, kind: str, folder: Path) -> None:
        self._kind = kind
        self._folder = folder
        self._ports = _free_ports(8)
        self.access = {"AWS_ACCESS_KEY_ID": "test-id", "AWS_SECRET_ACCESS_KEY": "test-secret"}
        self._process: subprocess.Popen[bytes] | None = None
        self.url = f"http://127.0.0.1:{self._ports[0]}"
        self.start()

    @property
    def environ(self) -> dict[str, str]:
        """The variables that lead to it."""
        return {**self.access, "AWS_ENDPOINT_URL": self.url, "AWS_REGION": "us-east-1"}

    def start(self) -> None:
        """Let it run, with what it kept if its kind keeps anything; returns once it answers."""
        self._folder.mkdir(exist_ok=True)
        with (self._folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                self._command(), stdout=log, stderr=log, cwd=self._folder, env=_without_proxies()
            )
        end = time.monotonic() + 60
        while _status(self.url) not in {200, 403}:
            assert time.monotonic() < end, (self._folder / "log").read_text()
            assert self._process.poll() is None, (self._folder / "log").read_text()
            time.sleep(0.05)

    def stop(self) -> None:
        """End it, as a power cut would."""
        if self._process:
            self._process.kill()
            self._process.wait(30)
        for port in self._ports:  # it leaves them wherever it runs
            for left in Path("/tmp").glob(f"seaweedfs-*-grpc-{port}.sock"):
                left.unlink(missing_ok=True)

    def make_bucket(self, name: str) -> None:
        """Make a bucket."""
        if self._kind == "moto":
            assert _status(f"{self.url}/{name}", "PUT", _MOTO_ACCESS) == 200
        else:  # it makes those that are written to
            import obstore

            obstore.put(self.bucket(name), ".made", b"-")
            obstore.delete(self.bucket(name), ".made")

    def objects(self, name: str) -> dict[str, bytes]:
        """Return everything in a bucket, by key."""
        import obstore

        store = self.bucket(name)
        return {key: bytes(obstore.get(store, key).bytes()) for key in self.keys(name)}

    def keys(self, name: str) -> list[str]:
        """Return the keys of a bucket."""
        import obstore

        return sorted(one["path"] for part in obstore.list(self.bucket(name)) for one in part)

    def bucket(self, name: str) -> Any:
        """Return a bucket as the library has it."""
        from obstore.store import S3Store

        return S3Store(
            name,
            config={
                "endpoint": self.url,
                "region": "us-east-1",
                "access_key_id": self.access["AWS_ACCESS_KEY_ID"],
                "secret_access_key": self.access["AWS_SECRET_ACCESS_KEY"],
            },
            client_options={"allow_http": True},
        )

    def _command(self) -> list[str]:
        programs = Path(sys.executable).parent
        if self._kind == "moto":
            at = ["-H", "127.0.0.1", "-p", str(self._ports[0])]
            return [sys.executable, str(programs / "moto_server"), *at]
        identity = {
            "name": "test",
            "credentials": [
                {
                    "accessKey": self.access["AWS_ACCESS_KEY_ID"],
                    "secretKey": self.access["AWS_SECRET_ACCESS_KEY"],
                }
            ],
            "actions": ["Admin", "Read", "Write", "List"],
        }
        (self._folder / "s3.json").write_text(json.dumps({"identities": [identity]}))
        names = ("s3", "master", "volume", "filer")
        ports = [
            f"-{name}.port{kind}={port}"
            for (name, kind), port in zip(
                [(name, kind) for kind in ("", ".grpc") for name in names], self._ports, strict=True
            )
        ]
        return [
            *(str(programs / "weed"), "-logtostderr=true", "server"),
            *("-ip=127.0.0.1", "-ip.bind=127.0.0.1", "-master.telemetry=false"),
            *(
                "-filer",
                "-s3",
                "-s3.config=s3.json",
                "-s3.port.iceberg=0",
                "-s3.port.lance=0",
                "-dir=.",
            ),
            # Alone, it need not wait for others to elect it: two seconds instead of twenty.
            *("-master.electionTimeout=500ms", "-master.heartbeatInterval=100ms"),
            *("-master.volumeSizeLimitMB=64", "-volume.max=500", "-volume.minFreeSpace=64MiB"),
            *(f"-s3.localSocket={self._folder}/s3.sock", *ports),
        ]


_NO_HEADERS: Mapping[str, str] = {}
_MOTO_ACCESS = {
    "Authorization": "AWS4-HMAC-SHA256 Credential=test-id/20260101/us-east-1/s3/aws4_request, "
    "SignedHeaders=host, Signature=none"
}


def _status(url: str, method: str = "GET", headers: Mapping[str, str] = _NO_HEADERS) -> int:
    parts = urlsplit(url)
    connection = HTTPConnection(parts.netloc, timeout=5)
    try:
        connection.request(method, parts.path or "/", headers=dict(headers))
        return connection.getresponse().status
    except OSError:
        return 0
    finally:
        connection.close()


def _free_ports(number: int) -> list[int]:
    places = [socket.create_server(("127.0.0.1", 0)) for _ in range(number)]
    ports = [int(place.getsockname()[1]) for place in places]
    for place in places:
        place.close()
    return ports


def _without_proxies() -> dict[str, str]:
    return {name: text for name, text in os.environ.items() if "proxy" not in name.lower()}


def _s3_kinds() -> list[str]:
    """Return the S3 servers to test with: the heavier one where shared mode is tested."""
    programs = Path(sys.executable).parent
    found = {"moto": "moto_server", "seaweedfs": "weed"}
    wanted = ["moto", "seaweedfs"] if POSTGRES in os.environ else ["moto"]
    return [kind for kind in wanted if (programs / found[kind]).exists()]


@pytest.fixture(scope="session", params=_s3_kinds())
def s3_server(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[S3Server]:
    """Start an S3 server for all tests of this worker."""
    server = S3Server(request.param, tmp_path_factory.mktemp(request.param))
    yield server
    server.stop()


@pytest.fixture
def new_s3_server(tmp_path: Path) -> Iterator[Callable[..., S3Server]]:
    """Start S3 servers of a test's own, which may be stopped: `new_s3_server("seaweedfs")`."""
    running: list[S3Server] = []

    def start(kind: str) -> S3Server:
        running.append(S3Server(kind, tmp_path / f"{kind}-{len(running)}"))
        return running[-1]

    yield start
    for one in running:
        one.stop()


@pytest.fixture
def bucket(
    s3_server: S3Server, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> str:
    """Make a new bucket, and let everything reach it by the usual variables; return its name."""
    for name in [one for one in os.environ if one.startswith("AWS_")]:
        monkeypatch.delenv(name)
    for name, value in s3_server.environ.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    bucket = f"b-{hashlib.sha256(request.node.nodeid.encode()).hexdigest()[:20]}"
    s3_server.make_bucket(bucket)
    return bucket


class Wire:
    """A way to a gateway on which every byte that goes there can be read."""

    def __init__(self, gateway: HttpGateway) -> None:
        self.sent = b""
        self._port = int(gateway.url.rpartition(":")[2])
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self._accepting = threading.Thread(target=self._accept, daemon=True)
        self._accepting.start()

    def close(self) -> None:
        """Let nobody in any more."""
        self._listener.shutdown(socket.SHUT_RDWR)
        self._accepting.join(10)

    def _accept(self) -> None:
        lines = []
        with self._listener, suppress(OSError):
            while True:
                caller, _ = self._listener.accept()
                lines.append(threading.Thread(target=self._connect, args=(caller,), daemon=True))
                lines[-1].start()
        for line in lines:
            line.join(10)

    def _connect(self, caller: socket.socket) -> None:
        with caller, socket.create_connection(("127.0.0.1", self._port)) as gateway:
            back = threading.Thread(target=_pass, args=(gateway, caller), daemon=True)
            back.start()
            _pass(caller, gateway, self._note)
            back.join()

    def _note(self, data: bytes) -> None:
        self.sent += data


def _pass(
    one: socket.socket, other: socket.socket, note: Callable[[bytes], None] = lambda _: None
) -> None:
    with suppress(OSError):
        while data := one.recv(65536):
            note(data)
            other.sendall(data)
        other.shutdown(socket.SHUT_WR)


@dataclass(frozen=True)
class TwoProfiles:
    """The profiles `a` and `b`, each with a gateway, a wire to it, a key and a folder."""

    gateways: dict[str, HttpGateway]
    wires: dict[str, Wire]
    keys: dict[str, str]

    def write(self, home: Path) -> None:
        """Write them into the settings of somebody whose home this is."""
        tables = [
            f'[profiles.{name}]\nbase_url = "{self.wires[name].url}"\n'
            f'output_dir = "{home / name}"\nkey_command = ["echo", "{key}"]\n'
            for name, key in self.keys.items()
        ]
        file = home / ".config" / "imagedeck" / "config.toml"
        file.parent.mkdir(parents=True)
        file.write_text("\n".join(tables))


@pytest.fixture
def two_profiles(http_gateway: Callable[..., HttpGateway]) -> Iterator[TwoProfiles]:
    """Start two gateways with different keys."""
    keys = {"a": "sk-of-the-first-gateway-only", "b": "sk-of-the-second-gateway-only"}
    gateways = {name: http_gateway(key=key) for name, key in keys.items()}
    wires = {name: Wire(gateway) for name, gateway in gateways.items()}
    yield TwoProfiles(gateways, wires, keys)
    for wire in wires.values():
        wire.close()


@pytest.fixture
def steps_of() -> Callable[[Callable[[], object]], int]:
    """Count the calls, of Python's functions and of C's, that something takes."""

    def run(act: Callable[[], object]) -> int:
        made = 0

        def count(_frame: object, event: str, _argument: object) -> None:
            nonlocal made
            made += event in {"call", "c_call"}

        sys.setprofile(count)
        try:
            act()
        finally:
            sys.setprofile(None)
        return made

    return run


@pytest.fixture
def free_port() -> int:
    """Return a port where nobody listens yet."""
    with socket.create_server(("127.0.0.1", 0)) as place:
        return int(place.getsockname()[1])


@pytest.fixture
def http_gateway(tmp_path: Path) -> Iterator[Callable[..., HttpGateway]]:
    """Start gateways: `http_gateway(faults=[…], pace=…, key=…)`; tasks are done at once."""
    running: list[HttpGateway] = []

    def start(folder: Path | None = None, **options: Any) -> HttpGateway:
        place = folder or tmp_path / f"gateway-{len(running)}"
        running.append(HttpGateway(place, **{"pace": 0.0, **options}))
        return running[-1]

    yield start
    for one in running:
        one.stop()


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Move every standard place below tmp_path; no keyring, no key, nothing from outside."""
    place = tmp_path / "home"
    (place / "work").mkdir(parents=True)
    for name in list(os.environ):
        if name.startswith(("IMAGEDECK_", "XDG_", "_IMAGEDECK")):
            monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(place))
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.null.Keyring")
    monkeypatch.chdir(place / "work")
    return place


@pytest.fixture
def at_gateway(
    home: Path, http_gateway: Callable[..., HttpGateway], monkeypatch: pytest.MonkeyPatch
) -> Callable[..., HttpGateway]:
    """Start a gateway over HTTP, and let everything talk to it with a key."""
    del home

    def start(*faults: str, **options: Any) -> HttpGateway:
        gateway = http_gateway(faults=faults, **options)
        monkeypatch.setenv("IMAGEDECK_BASE_URL", gateway.url)
        monkeypatch.setenv("IMAGEDECK_API_KEY", "a-key-for-tests-only")
        return gateway

    return start
