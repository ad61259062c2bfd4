"""Jobs, faults, deaths and time in any order: at most one charge for each, and none forgotten."""

import asyncio
import heapq
import shutil
import struct
import tempfile
from collections.abc import Callable, Coroutine
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AsyncExitStack, suppress
from itertools import count
from pathlib import Path
from random import Random
from typing import Any, TypeVar

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from tui.core.home import Home
from tui.core.job import Job, State, new_job_id
from tui.demo.gateway import DemoGateway
from tui.demo.ledger import Ledger, read_ledger
from tui.demo.transport import DemoTransport
from tui.models import find_model
from tui.services.decode import BadImageError, Decoded
from tui.services.engine.lanes import Widths
from tui.services.engine.runner import Runner
from tui.services.engine.work import Work
from tui.services.gallery import Gallery
from tui.services.gateway.client import Gateway
from tui.services.images import Images
from tui.services.journal import Query, SqliteHistory, SqliteJournal
from tui.services.network import clients

ORIGIN = "http://demo.invalid"
PACE = 0.02  # a task takes about a second
MEMORY = Path("/dev/shm")

SUBMIT_FAULTS = (
    *("", "drop-before", "drop-after", "reset", "500", "504,charged", "503", "502", "408"),
    *("429", "429,retry-after=3", "503,retry-after=2", "401", "402", "400", "html", "noid"),
    *("truncated", "truncated=id", "short", "hostile", "slow=5", "slow=40", "redirect=/x"),
)
POLL_FAULTS = (
    *("", "html", "404", "503", "500", "401", "drop-before", "reset", "truncated", "hostile"),
    *("429,retry-after=4", "other-task", "empty", "failed", "status=thinking", "slow=3"),
)
IMAGE_FAULTS = (
    *("", "404", "short", "cut", "truncated", "503", "403", "not-an-image", "reset", "slow=2"),
    *("trailing", "other-format", "drop-before", "gzip"),
)

T = TypeVar("T")


class Inline(ThreadPoolExecutor):
    """Does at once what should be done in another thread, so that a run can be repeated."""

    def submit(self, do: Callable[..., T], /, *args: Any, **named: Any) -> "Future[T]":
        future: Future[T] = Future()
        try:
            future.set_result(do(*args, **named))
        except BaseException as error:  # noqa: BLE001 - a Future carries whatever was raised
            future.set_exception(error)
        return future


class World:
    """The time, what waits for it, and the gateway's faults."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.time = 1_800_000_000.0
        self.faults: list[str] = []
        self.timers: list[tuple[float, int, Engine, Callable[[], None]]] = []
        self.numbers = count()
        self.random = Random()  # how long tasks take, and what a hostile answer looks like
        self.engines: list[Engine] = []

    def pass_time(self, seconds: float) -> None:
        until = self.time + seconds
        self.settle()
        while self.timers and self.timers[0][0] <= until:
            due, _, engine, act = heapq.heappop(self.timers)
            self.time = max(self.time, due)
            if not engine.is_dead:
                engine.loop.call_soon(act)
            self.settle()
        self.time = until
        for engine in list(self.engines):
            engine.turn()  # what asyncio itself has waited for
        self.settle()

    def settle(self) -> None:
        for engine in list(self.engines):
            engine.settle()

    def play(self, *faults: str) -> None:
        self.faults = [fault for fault in faults if not fault.endswith(":")]
        for engine in self.engines:
            engine.demo.plan.replace(self.faults)


class EngineClock:
    """The world's time, as one engine waits for it."""

    def __init__(self, world: World, engine: "Engine") -> None:
        self._world = world
        self._engine = engine

    def now(self) -> float:
        return self._world.time

    def monotonic(self) -> float:
        return self._world.time

    async def sleep(self, seconds: float) -> None:
        woken = asyncio.Event()
        self.call_later(seconds, woken.set)
        await woken.wait()

    def call_later(self, seconds: float, act: Callable[[], None]) -> "Timer":
        timer = Timer(act)
        due = self._world.time + max(0.0, seconds)
        entry = (due, next(self._world.numbers), self._engine, timer.fire)
        heapq.heappush(self._world.timers, entry)
        return timer


class Timer:
    def __init__(self, act: Callable[[], None]) -> None:
        self._act: Callable[[], None] | None = act

    def cancel(self) -> None:
        self._act = None

    def fire(self) -> None:
        if self._act:
            self._act()


class InlineThread:
    """The journal's thread without the thread; its process may die before or after any commit."""

    def __init__(self, thread: Any, engine: "Engine") -> None:
        self._thread = thread
        self._engine = engine

    async def write(self, do: Callable[[Any], Any]) -> Any:
        await self._turn(after=False)
        [answer] = self._thread._database.run([do], [])
        await self._turn(after=True)
        return _given(answer)

    async def read(self, do: Callable[[Any], Any]) -> Any:
        await self._turn(after=None)
        [answer] = self._thread._database.run([], [do])
        return _given(answer)

    def stop(self) -> None:
        self._thread.stop()

    async def _turn(self, *, after: bool | None) -> None:
        engine = self._engine
        if engine.is_dead:
            raise asyncio.CancelledError
        if engine.dies_at and after is engine.dies_at[1]:
            engine.dies_at = (engine.dies_at[0] - 1, engine.dies_at[1])
            if engine.dies_at[0] <= 0:
                engine.is_dead = True
                raise asyncio.CancelledError
        await asyncio.sleep(0)


def _given(answer: Any) -> Any:
    if isinstance(answer, Exception):
        raise answer
    return answer


class Eyes:
    """Looks at images as the decoder's child does, as far as this gateway's need it."""

    async def inspect(self, part: Path) -> Decoded:
        return _decoded(part)


def _decoded(part: Path) -> Decoded:
    data = part.read_bytes()
    if data.startswith(b"\x89PNG\r\n\x1a\n") and b"IEND\xaeB`\x82" in data:
        width, height = struct.unpack(">II", data[16:24])
        return Decoded("PNG", width, height)
    if data.startswith(b"\xff\xd8") and b"\xff\xd9" in data[-80:]:
        return Decoded("JPEG", 48, 48)
    raise BadImageError("no complete image")


class Engine:
    """One process: a runner, on a loop that the test turns by hand."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.is_dead = False
        self.dies_at: tuple[int, bool] | None = None
        self._stack = AsyncExitStack()  # never closed: nobody closes what a kill ends
        self.loop = asyncio.new_event_loop()
        self.loop.set_default_executor(Inline(1))
        # Time-outs of asyncio's own count in the world's time, or a run can't be repeated.
        self.loop.time = lambda: world.time  # type: ignore[method-assign]
        # What a dead process leaves undone is no news.
        self.loop.set_exception_handler(lambda *_: None)
        clock = EngineClock(world, self)
        self.demo = DemoGateway(
            world.folder / "gateway",
            clock=clock,
            pace=PACE,
            needs_key=False,
            faults=world.faults,
            random=world.random.randbytes,
        )
        self.journal = SqliteJournal.open(world.folder / "imagedeck.db", clock, full_text=False)
        thread: Any = InlineThread(self.journal._thread, self)
        for asked in (self.journal, self.journal.pauses, self.journal.traffic):
            asked._thread = thread  # a thread beside the loop answers after a turn or after ten
        self.runner: Runner = self.loop.run_until_complete(self._open(clock))
        self.serving = self.loop.create_task(self.runner.run())
        world.engines.append(self)

    async def _open(self, clock: EngineClock) -> Runner:
        transports = (DemoTransport(self.demo.app) for _ in range(3))
        network = await self._stack.enter_async_context(clients(*transports))
        images = Images(network.image, ORIGIN)
        eyes: Any = Eyes()
        work = Work(
            journal=self.journal,
            gateway=Gateway(
                submit=network.submit, poll=network.poll, base=ORIGIN, key=None, clock=clock
            ),
            gallery=Gallery(images, eyes, self.world.folder / "quarantine"),
            home=Home("default", ORIGIN),
            fingerprint=None,
            path_of=lambda sha256: self.world.folder / sha256,
            clock=clock,
            pace=PACE,
            random=lambda: 0.0,
            tell=lambda _text: None,
        )
        return Runner(work, lambda _job: None, Widths(2, 4, 2))

    def run(self, work: Coroutine[Any, Any, T]) -> T | None:
        """Let it do something; None when that ended it."""
        task = self.loop.create_task(work)
        for _ in range(20_000):
            if task.done() or self.is_dead:
                break
            self.turn()
        if not task.done() or self.is_dead:
            self.kill()
            return None
        return task.result()

    def turn(self) -> None:
        self.loop.call_soon(self.loop.stop)
        self.loop.run_forever()

    def settle(self, most: int = 20_000) -> None:
        """Let everything happen that needs no time to pass; at most so many turns."""
        for _ in range(most):
            if self.is_dead or not self.loop._ready:  # type: ignore[attr-defined]
                break
            self.turn()
        if self.is_dead:
            self.kill()

    def stop(self) -> None:
        """End as a process does that is asked to: submissions in flight are waited for."""
        self.serving.cancel()
        ending = self.loop.create_task(self.runner.finish())
        for _ in range(60):
            self.world.pass_time(1.0)
            if ending.done():
                break
        self.kill()

    def kill(self) -> None:
        """End without a word."""
        if self not in self.world.engines:
            return
        self.world.engines.remove(self)
        self.is_dead = True
        for _ in range(100):
            left = asyncio.all_tasks(self.loop)
            if not left:
                break
            for task in left:
                task.cancel()
            self.turn()
        self.journal._thread.stop()
        self.journal.history.close()
        self.demo.close()
        self.loop.close()


class AnyOrder(RuleBasedStateMachine):
    """What may happen to a user, in any order."""

    def __init__(self) -> None:
        super().__init__()
        place = MEMORY if MEMORY.is_dir() else None
        self.folder = Path(tempfile.mkdtemp(prefix="imagedeck-", dir=place))
        self.world = World(self.folder)
        self.numbers = count()
        self.ends: dict[str, State] = {}
        self.posts_at_end: dict[str, int] = {}

    @initialize(seed=st.integers(0, 999))
    def begin(self, seed: int) -> None:
        self.world.random.seed(seed)
        Engine(self.world)

    @precondition(lambda self: self.world.engines)
    @rule(which=st.integers(0, 1), n=st.sampled_from((1, 1, 2)), jobs=st.integers(1, 3))
    def add(self, which: int, n: int, jobs: int) -> None:
        engine = self._engine(which)
        engine.run(engine.runner.add([self._job(n) for _ in range(jobs)]))

    @rule(
        submit=st.sampled_from(SUBMIT_FAULTS),
        poll=st.sampled_from(POLL_FAULTS),
        image=st.sampled_from(IMAGE_FAULTS),
        times=st.sampled_from(("", "", "*1", "*3", "@50%")),
    )
    def play(self, submit: str, poll: str, image: str, times: str) -> None:
        lines = {"submit": submit, "poll": poll, "image": image}
        self.world.play(*(f"{target}:{name}{times}" for target, name in lines.items() if name))

    @rule()
    def play_nothing(self) -> None:
        self.world.play()

    @rule(seconds=st.sampled_from((0.1, 0.6, 1.0, 2.5, 8.0, 31.0, 65.0)))
    def pass_time(self, seconds: float) -> None:
        self.world.pass_time(seconds)

    @rule()
    def pass_hours(self) -> None:
        self.world.pass_time(1300.0)

    @precondition(lambda self: len(self.world.engines) < 2)
    @rule()
    def start(self) -> None:
        engine = Engine(self.world)
        engine.run(engine.runner.resume(None))

    @precondition(lambda self: self.world.engines)
    @rule(which=st.integers(0, 1))
    def stop(self, which: int) -> None:
        self._engine(which).stop()

    @precondition(lambda self: self.world.engines)
    @rule(which=st.integers(0, 1), turns=st.integers(0, 30))
    def kill(self, which: int, turns: int) -> None:
        engine = self._engine(which)
        engine.settle(turns)
        engine.kill()

    @precondition(lambda self: self.world.engines)
    @rule(which=st.integers(0, 1), commits=st.integers(1, 8), after=st.booleans())
    def die_at_a_commit(self, which: int, commits: int, *, after: bool) -> None:
        self._engine(which).dies_at = (commits, after)

    @precondition(lambda self: self.world.engines)
    @rule(which=st.integers(0, 1))
    def take_up_orphans(self, which: int) -> None:
        engine = self._engine(which)
        engine.run(engine.runner.resume(None))

    @precondition(lambda self: self.world.engines)
    @rule(which=st.integers(0, 1))
    def go_on(self, which: int) -> None:
        engine = self._engine(which)
        engine.run(engine.runner.pauses.go_on())

    @precondition(lambda self: self.world.engines)
    @rule(which=st.integers(0, 1))
    def drop_a_job(self, which: int) -> None:
        engine = self._engine(which)
        queued = [job for job in self.jobs if job.state is State.QUEUED]
        if queued:
            engine.run(engine.runner.drop(queued[0].id))

    @invariant()
    def nothing_is_paid_twice(self) -> None:
        if not (self.folder / "gateway/gateway.db").exists():
            return
        ledger = self.ledger
        jobs = self.jobs
        for job in jobs:
            assert ledger.charges(job.prompt) <= 1, f"{job} was charged twice"
            before = self.ends.get(job.id)
            assert before in {None, job.state}, f"{job.short_id}: {before} became {job.state}"
            if job.state.is_end:
                self.ends[job.id] = job.state
                posts = sum(one.prompt == job.prompt for one in (*ledger.accepted, *ledger.refused))
                assert self.posts_at_end.setdefault(job.id, posts) == posts, f"{job} sent again"

    def teardown(self) -> None:
        try:
            self._go_on_to_the_end()
        finally:
            for engine in list(self.world.engines):
                engine.kill()
            shutil.rmtree(self.folder)

    def _go_on_to_the_end(self) -> None:
        """Better times: whatever is known must be saved, the rest must be visible."""
        for engine in list(self.world.engines):
            engine.kill()
        self.world.play()
        engine = Engine(self.world)
        engine.run(engine.runner.resume(None))
        self.world.pass_time(700.0)
        self.nothing_is_paid_twice()
        missing = [job.id for job in self.jobs if job.is_resumable]
        engine.run(engine.runner.resume(missing))
        self.world.pass_time(200.0)
        ledger, known = self.ledger, set()
        for job in self.jobs:
            assert not job.is_live, f"still {job}"
            known.add(job.task_id)
            if job.task_id and job.state is not State.SAVED:
                assert job.state is State.FAILED, f"a known task is {job.state}: {job.error}"
                assert job.error
                assert job.error.kind in {"failed", "empty"}, job.error
            if job.state is State.SAVED:
                assert len(job.files) == job.request.count
                assert all(Path(one.path).stat().st_size == one.bytes for one in job.files)
        visible = {job.prompt for job in self.jobs if job.state is State.UNKNOWN}
        for one in ledger.accepted:
            assert one.task_id in known or one.prompt in visible, f"{one.task_id} is lost"

    @property
    def ledger(self) -> Ledger:
        return read_ledger(self.folder / "gateway")

    @property
    def jobs(self) -> list[Job]:
        history = SqliteHistory(self.folder / "imagedeck.db")
        with suppress(FileNotFoundError):
            found = history.list(Query(limit=None))
        history.close()
        return found

    def _engine(self, which: int) -> Engine:
        return self.world.engines[which % len(self.world.engines)]

    def _job(self, n: int) -> Job:
        number = next(self.numbers)
        values = {"prompt": f"lighthouse {number}", "size": "48x48", "n": n}
        request = find_model("gpt").validate(values).request
        assert request
        now = self.world.time
        return Job(
            id=new_job_id(int(now * 1000), number.to_bytes(10, "big")),
            request=request,
            state=State.QUEUED,
            created=now,
            updated=now,
            folder=str(self.folder / "images"),
            template="{id}-{index}",
        )


# An engine that is killed leaves its files open, as a process would; there the kernel closes them.
_leaves_files_open = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")


@_leaves_files_open
def test_the_same_steps_go_the_same_way() -> None:
    """Nothing here may depend on real time or chance: hypothesis repeats what it has found."""
    assert _seen_on_the_way() == _seen_on_the_way()


def _seen_on_the_way() -> list[object]:
    machine, seen = AnyOrder(), list[object]()
    try:
        machine.begin(7)
        for _ in range(3):
            machine.play("", "hostile", "", "@50%")
            for act in (machine.go_on, machine.take_up_orphans, machine.drop_a_job) * 3:
                machine.add(0, 1, 1)
                act(0)  # while the new job is on its way
                seen += [(job.id, job.state, job.task_id, job.updated) for job in machine.jobs]
                seen += machine.ledger.accepted
                machine.pass_time(0.1)
            machine.kill(0, 5)
            machine.start()
    finally:
        machine.teardown()
    return seen


@_leaves_files_open
@pytest.mark.parametrize(
    ("runs", "steps"), [(12, 20), pytest.param(2000, 40, marks=pytest.mark.soak)]
)
def test_any_order_of_faults_and_deaths(
    figure: Callable[[str, str], None], runs: int, steps: int
) -> None:
    limits = settings(
        max_examples=runs,
        stateful_step_count=steps,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        database=None,
        derandomize=runs < 100,
    )
    run_state_machine_as_test(AnyOrder, settings=limits)
    if runs >= 2000:
        figure(
            "any order of faults and deaths",
            f"{runs} runs × {steps} steps: at most 1 charge a job, every known task saved",
        )
