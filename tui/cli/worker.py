"""`imagedeck worker`: works on the jobs of a shared database until it is ended."""

import os
import signal
from collections.abc import Iterator
from concurrent.futures import CancelledError
from contextlib import contextmanager, suppress
from dataclasses import replace
from functools import partial
from queue import Empty, SimpleQueue
from types import FrameType
from typing import TYPE_CHECKING

import click

from tui.cli.common import cli_of
from tui.cli.flags import Between
from tui.cli.shared_database import need_database
from tui.core.job import Job
from tui.core.language import _, marked

if TYPE_CHECKING:
    from concurrent.futures import Future

    from tui.cli.context import Cli
    from tui.cli.worker_log import WorkerLog
    from tui.deck import Deck
    from tui.services.delivery.worker import DeliveryWorker
    from tui.services.metrics import Meter

_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_LOOK = 1.0  # seconds between two looks whether all goes on
_STOPPING = 20.0
_MOST = 1000
_LACKING = marked(
    "A worker needs a shared database, and none is named. Put an address such as "
    "postgresql://USER@HOST/DATABASE into IMAGEDECK_DATABASE_URL, then `imagedeck db init`; "
    "without one every imagedeck works on its own jobs."
)


@click.command()
@click.option(
    "--concurrency",
    type=Between(1, 20_000),
    default=_MOST,
    show_default=True,
    metavar="N",
    help=_("Follow that many jobs at once; how many are sent at once, [limits] says."),
)
@click.option(
    "--metrics",
    "port",
    type=Between(1, 65_535),
    metavar="PORT",
    help=_("Serve numbers for Prometheus there, on this host alone."),
)
@click.option(
    "--log",
    "shape",
    type=click.Choice(("text", "json")),
    default="text",
    show_default=True,
    help=_("How each event is written to standard error: as key=value, or as JSON."),
)
@click.pass_context
def worker(ctx: click.Context, *, concurrency: int, port: int | None, shape: str) -> int:
    """Work on the jobs of a shared database until a signal comes.

    It takes what its profile, gateway and key can make, wherever it was asked for. With --json
    each change of a job is an object on standard output.
    """
    from tui.cli.worker_log import WorkerLog
    from tui.cli.worker_metrics import metrics
    from tui.services.log import quieten

    cli = cli_of(ctx)
    need_database(cli, _(_LACKING))
    quieten("procrastinate", "psycopg")
    log = WorkerLog(as_json=shape == "json", is_json=cli.json)
    try:
        with metrics(port) as meter:
            return _work(cli, log, concurrency, meter)
    finally:
        log.close()


def _work(cli: "Cli", log: "WorkerLog", concurrency: int, meter: "Meter | None") -> int:
    from tui.cli.worker_metrics import standing_of
    from tui.deck import Deck
    from tui.services.journal.postgres.owner import name_of_this
    from tui.services.log import start_log

    key = cli.key
    start_log(cli.places)
    stops: SimpleQueue[int] = SimpleQueue()
    workers: list[DeliveryWorker] = []  # the one, once the engine runs

    def seen(job: Job) -> None:
        log.note(job)
        if meter:
            meter.note(job)
        for one in workers:
            one.note(job)

    # It is the worker, whatever the settings say of others.
    settings = replace(cli.settings, run="here")
    deck = Deck(settings, cli.places, key, publish=seen, tell=log.tell)
    deck.host = name_of_this()
    if meter:
        deck.observer = meter
    with _signals(stops, deck):
        with deck:
            if meter:
                meter.standing = partial(standing_of, deck)
            deliverer = _deliverer(deck, log, concurrency)
            workers.append(deliverer)
            log.write("started", pid=os.getpid(), concurrency=concurrency)
            number = _until_stopped(deck, deck.engine.serve(deliverer.run), stops, log)
            log.write("stopping", signal=number or "none", jobs=deliverer.followed)
            _stop(deck, deliverer)
        _give_back(deliverer, log)
    log.write("stopped")
    return 128 + number if number else 1


def _deliverer(deck: "Deck", log: "WorkerLog", concurrency: int) -> "DeliveryWorker":
    from tui.services.delivery.worker import DeliveryWorker, Terms

    settings = deck.settings
    terms = Terms(
        url=settings.database_url,
        owner=deck.journal.owner,
        home=deck.home,
        fingerprint=deck.held.own,
        unsent=4 * settings.submissions,
        most=concurrency,
    )

    def tell(event: str, text: str) -> None:
        log.write(event, **({"text": text} if text else {}))

    return DeliveryWorker(terms, deck.journal, tell)


@contextmanager
def _signals(stops: SimpleQueue[int], deck: "Deck") -> Iterator[None]:
    """Note the first signal; a later one waits for no answer to a submission any longer."""
    came: list[int] = []

    def handle(number: int, _frame: FrameType | None) -> None:
        if came:
            deck.engine.hurry()
        came.append(number)
        stops.put(number)

    before = {one: signal.getsignal(one) for one in _SIGNALS}
    for one, handler in before.items():
        if handler is not signal.SIG_IGN:
            signal.signal(one, handle)
    try:
        yield
    finally:
        for one, handler in before.items():
            signal.signal(one, handler)


def _until_stopped(
    deck: "Deck", serving: "Future[None]", stops: SimpleQueue[int], log: "WorkerLog"
) -> int | None:
    """Wait for a signal and return it; None when it can't go on."""
    while deck.engine.is_running and not serving.done():
        with suppress(Empty):
            return stops.get(timeout=_LOOK)
    log.write("broken", text=str(serving.exception(0) if serving.done() else "the engine"))
    return None


def _stop(deck: "Deck", deliverer: "DeliveryWorker") -> None:
    if deck.engine.is_running:
        with suppress(TimeoutError, CancelledError):
            deck.engine.call(deliverer.stop()).result(_STOPPING)


def _give_back(deliverer: "DeliveryWorker", log: "WorkerLog") -> None:
    from tui.services.journal import JournalError

    try:
        deliverer.give_back()
    except JournalError as problem:
        log.tell(str(problem))  # other workers find out within a minute
