"""Workers on one shared database, and the proof that nothing that befell them cost anything."""

import importlib.machinery
import importlib.util
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

import pytest

import tui
from tui.core.job import Job, State
from tui.demo.ledger import Ledger
from tui.services.journal.opening import open_history
from tui.services.journal.protocol import Query

PROJECT = Path(tui.__file__).parents[1]
STARTER = Path(__file__).parents[3] / ".ci/postgres"
_SETTINGS = "[limits]\nsubmissions = 16\npolls = 32\ndownloads = 16\n"


class Hosts:
    """Workers, each with a home of its own, on one database and one gateway."""

    def __init__(self, place: Path, url: str, database: str, key: str) -> None:
        self._place = place
        self._database = database
        self._environ = {
            "PATH": os.environ["PATH"],
            "LANG": "C.UTF-8",
            "PYTHONPATH": str(PROJECT),
            "PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring",
            "IMAGEDECK_BASE_URL": url,
            "IMAGEDECK_API_KEY": key,
            "IMAGEDECK_DATABASE_URL": database,
            "IMAGEDECK_RUN": "workers",
            "IMAGEDECK_OUTPUT_DIR": str(place / "images"),
        }
        self.workers: dict[int, subprocess.Popen[bytes]] = {}
        self._number = 0

    def run(self, *args: str) -> None:
        """Run a command on a host of its own."""
        command = [sys.executable, "-P", "-m", "tui", *args]
        subprocess.run(command, env=self._home("desk"), cwd=self._place, check=True, timeout=300)

    def start(self) -> int:
        """Start a worker; return its number."""
        self._number += 1
        environ = self._home(f"host-{self._number}")
        with self.log(self._number).open("wb") as log:
            command = [sys.executable, "-P", "-m", "tui", "worker"]
            process = subprocess.Popen(command, env=environ, cwd=self._place, stderr=log)
        self.workers[self._number] = process
        return self._number

    def log(self, number: int) -> Path:
        return self._place / f"worker-{number}.log"

    def kill(self, number: int) -> int:
        """Kill a worker; return how many submissions it had in flight."""
        process = self.workers.pop(number)
        process.kill()
        process.wait()
        return self.sql(
            "SELECT count(*) FROM jobs JOIN owners ON owners.id = owner "
            "WHERE state = 'submitting' AND pid = %s",
            process.pid,
        )

    def bury(self) -> None:
        """Let the minute pass after which whoever was killed counts as dead."""
        alive = [process.pid for process in self.workers.values()]
        self.sql("DELETE FROM owners WHERE NOT pid = ANY(%s) RETURNING 1", alive)
        self.sql(
            "UPDATE procrastinate_jobs SET worker_id = NULL WHERE status = 'doing' "
            "AND queueing_lock IN (SELECT jobs.id FROM jobs LEFT JOIN owners ON owners.id = owner "
            "WHERE owners.id IS NULL) RETURNING 1"
        )

    def sql(self, statement: str, *values: Any) -> int:
        """Return the one number that a statement brings, -1 while the server is away."""
        import psycopg

        with (
            suppress(psycopg.OperationalError),
            psycopg.connect(self._database, autocommit=True) as db,
        ):
            db.execute("SET search_path = imagedeck")
            row = db.execute(statement, values).fetchone()  # type: ignore[call-overload]
            return int(row[0]) if row else 0
        return -1

    def until(self, query: str, count: int, seconds: float) -> None:
        """Wait until a query's number is so high."""
        end = time.monotonic() + seconds
        while (found := self.sql(query)) < count:
            assert time.monotonic() < end, f"{found} of {count}: {query}"
            time.sleep(0.2)

    def until_over(self, count: int, seconds: float) -> None:
        """Wait until as many jobs are over."""
        self.until("SELECT count(*) FROM jobs WHERE live = 0", count, seconds)

    def end(self) -> set[int]:
        """End every worker as systemd does; return their exit codes."""
        for one in self.workers.values():
            one.send_signal(signal.SIGTERM)
        return {one.wait(60) for one in self.workers.values()}

    @property
    def jobs(self) -> list[Job]:
        with closing(open_history(Path("none"), self._database)) as history:
            return history.list(Query(limit=None))

    def judge(self, ledger: Ledger) -> Counter[str]:
        """Hold the journal against what the gateway charged; return how many are in which state."""
        jobs = self.jobs
        known = Counter(job.task_id for job in jobs if job.task_id)
        unknown = Counter(job.prompt for job in jobs if job.state is State.UNKNOWN)
        charged = Counter(one.prompt for one in ledger.accepted)
        double = [prompt for prompt, times in charged.items() if times > 1]
        nameless = [one.prompt for one in ledger.accepted if one.task_id not in known]
        lost = [prompt for prompt in nameless if not unknown[str(prompt)]]
        gone = [file.path for job in jobs for file in job.files if not Path(file.path).exists()]
        assert not double, f"paid twice: {double}"
        assert not lost, f"lost: {lost}"
        assert not gone
        assert not [task for task, times in known.items() if times > 1]
        assert not list((self._place / "images").glob("*.part"))
        return Counter(job.state.value for job in jobs)

    def close(self) -> None:
        for one in self.workers.values():
            one.send_signal(signal.SIGCONT)
            one.kill()
            one.wait()

    def _home(self, name: str) -> dict[str, str]:
        home = self._place / name
        settings = home / ".config/imagedeck/config.toml"
        if not settings.exists():
            settings.parent.mkdir(parents=True)
            settings.write_text(_SETTINGS)
        return {**self._environ, "HOME": str(home)}


@pytest.fixture
def new_hosts(
    tmp_path: Path, http_gateway: Callable[..., Any], canary: Any, canary_key: str
) -> Iterator[Callable[..., tuple[Hosts, Any]]]:
    """Make hosts on a database, with a gateway that takes its time: `new_hosts(url, jobs)`."""
    made: list[Hosts] = []

    def make(database: str, jobs: int, pace: float = 0.02) -> tuple[Hosts, Any]:
        gateway = http_gateway(pace=pace, faults=["submit:slow=0.2"])
        hosts = Hosts(tmp_path, gateway.url, database, canary_key)
        made.append(hosts)
        rows = tmp_path / "rows.jsonl"
        row = '{{"model": "gpt", "size": "64x64", "prompt": "wave {}"}}\n'
        rows.write_text("".join(row.format(number) for number in range(jobs)))
        hosts.run("batch", str(rows), "--yes", "--no-wait", "--json")
        return hosts, gateway

    yield make
    for hosts in made:
        hosts.close()
        canary.search(hosts._place)


class Server:
    """A PostgreSQL that can be stopped, as a crash would, and started."""

    def __init__(self, folder: Path) -> None:
        loader = importlib.machinery.SourceFileLoader("postgres_starter", str(STARTER))
        spec = importlib.util.spec_from_loader("postgres_starter", loader)
        assert spec
        self._ci = importlib.util.module_from_spec(spec)
        loader.exec_module(self._ci)
        self._programs = self._ci._programs()
        self._folder = folder
        self._who = self._ci._who(folder)
        port = self._ci._free_port()
        self._options = f"{self._ci._OPTIONS} -p {port} -k {folder}"
        self._do("initdb", "-A", "trust", "-U", "imagedeck", "-E", "UTF8", "--locale", "C")
        self.start()
        self.url = f"postgresql://imagedeck@127.0.0.1:{port}/postgres"

    def start(self) -> None:
        self._do("pg_ctl", "-l", self._folder / "log", "-w", "-o", self._options, "start")

    def stop(self) -> None:
        self._do("pg_ctl", "-m", "immediate", "stop")

    def _do(self, program: str, *args: object) -> None:
        data = ("-D", self._folder / "data")
        self._ci._do(self._who, self._programs / program, *data, *args)


@pytest.fixture
def server(postgres: str) -> Iterator[Server]:
    """A server of this test's own; its tables are there."""
    del postgres  # only where there is a PostgreSQL
    from tui.services.journal.postgres import care

    with tempfile.TemporaryDirectory(prefix="imagedeck-postgres-") as folder:
        one = Server(Path(folder))
        care.init(one.url)
        yield one
        one.stop()
