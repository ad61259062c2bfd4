"""One run of a command that sends or follows jobs."""

import os
import signal
from collections.abc import Callable, Sequence
from concurrent.futures import CancelledError
from dataclasses import replace
from queue import SimpleQueue

from tui.cli.context import Cli
from tui.cli.following import Following, News, Stop, Wish
from tui.cli.output import note
from tui.cli.reporters import PlainReporter, reporter_for
from tui.cli.signals import Signals
from tui.core.home import Home
from tui.core.job import Job, State
from tui.core.language import _, plural
from tui.core.retelling import retold
from tui.core.text import one_line
from tui.deck import Deck
from tui.services.engine.engine import EngineOverError
from tui.services.finisher import start_finisher
from tui.services.journal.protocol import DiskError, JournalError

Start = Callable[[Deck, Following], None]


def run_new(cli: Cli, make: Callable[[Deck], Sequence[Job]], wish: Wish) -> int:
    """Write new jobs down, see them through, return the exit code.

    Nothing is written down unless the images can be kept.
    """

    def start(deck: Deck, following: Following) -> None:
        deck.check_output()
        jobs = make(deck)
        following.add(jobs)
        deck.engine.add(jobs).result()

    return run(cli, start, wish)


def run(cli: Cli, start: Start, wish: Wish, shown: PlainReporter | None = None) -> int:
    """Open the deck, let `start` choose the jobs, follow them, return the exit code."""
    news: SimpleQueue[News] = SimpleQueue()
    wish = replace(wish, is_left=cli.settings.leaves_to_workers)
    # Whoever interrupts the search for a key, or a migration, has sent nothing yet.
    deck = cli.open_deck(news.put, news.put)
    signals = Signals(
        lambda number: news.put(Stop(number)),
        hurry=deck.engine.hurry,
        close=deck.engine.close,
        part=lambda number: part(cli, deck, number),
    )
    with signals, shown or reporter_for(cli) as reporter:
        following = Following(wish, reporter)
        with deck:
            following.drain(news)
            if following.stopped_by is None:
                start(deck, following)
                see_through(deck, following, news)
            reporter.stop()
            _close(cli, following, deck.home)
        following.drain(news)
    if following.stopped_by == signal.SIGHUP and following.unfinished:
        leave_behind(cli, deck)
    return following.exit_code


def see_through(deck: Deck, following: Following, news: "SimpleQueue[News]") -> None:
    """Follow the jobs until nothing more is to be waited for, or a signal comes."""
    try:
        following.run(deck, news)
    except (JournalError, EngineOverError, CancelledError) as problem:
        # A second after a signal all is closed, also under whoever a database was holding up.
        following.drain(news)
        if following.stopped_by is None or isinstance(problem, DiskError):
            raise


def part(cli: Cli, deck: Deck, number: int) -> None:
    """Do the last thing of a run whose main thread is held up."""
    if number == signal.SIGHUP:
        leave_behind(cli, deck)


def leave_behind(cli: Cli, deck: Deck) -> None:
    """Let somebody without a terminal finish the rest within this run's bounds, if so set."""
    if cli.settings.detach_on_hangup and not cli.settings.leaves_to_workers:
        start_finisher(
            cli.flags,
            deck.key,
            demo=cli.demo,
            environ=os.environ,
            left=deck.settings.budget.left_of_run(deck.engine.spent),
            in_flight=cli.in_flight,
        )


def _close(cli: Cli, following: Following, home: Home) -> None:
    """Say how things stand when the wait ends before the jobs do."""
    unfinished = [job for job in following.unfinished if home.has(job)]
    if following.stopped_by:
        note(
            _("{name}: stopping; nothing is lost.", name=signal.Signals(following.stopped_by).name)
        )
    if following.hold:
        message = one_line(retold(following.hold.message), 300)
        note(
            _(
                "Nothing more is sent to {origin}: {message}",
                origin=cli.settings.origin,
                message=message,
            )
        )
    if unfinished and (cli.settings.leaves_to_workers or not following.is_enough):
        note(_left(cli, len(unfinished)))
    if following.is_fed:
        note(_("There are rows that were not sent yet: run the same file again."))
    sending = sum(job.state is State.SUBMITTING for job in unfinished)
    if sending:
        note(
            plural(
                "Waiting for the answer to a submission under way (at most 30 seconds; interrupt "
                "again to leave it unknown, and perhaps billed).",
                "Waiting for the answer to {number} submissions under way (at most 30 seconds; "
                "interrupt again to leave it unknown, and perhaps billed).",
                sending,
            )
        )


def _left(cli: Cli, number: int) -> str:
    if not cli.settings.leaves_to_workers:
        return plural(
            "{number} unfinished job: `imagedeck resume{suffix}` goes on.",
            "{number} unfinished jobs: `imagedeck resume{suffix}` goes on.",
            number,
            suffix=cli.suffix,
        )
    return plural(
        "{number} job is left to the workers: `imagedeck wait JOB` follows it.",
        "{number} jobs are left to the workers: `imagedeck wait JOB` follows one.",
        number,
    )


def report(cli: Cli, jobs: Sequence[Job]) -> int:
    """Show jobs that have ended already; return the exit code."""
    with reporter_for(cli) as reporter:
        following = Following(Wish(), reporter)
        following.add(jobs, elsewhere=True)
    return following.exit_code
