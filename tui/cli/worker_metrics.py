"""The numbers of a worker, served on loopback for as long as it runs."""

from contextlib import contextmanager
from typing import TYPE_CHECKING

from tui.cli.errors import RefusedError
from tui.core.language import _
from tui.core.retelling import retold

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tui.deck import Deck
    from tui.services.metrics import Meter, Standing


@contextmanager
def metrics(port: int | None) -> "Iterator[Meter | None]":
    """Serve what the meter counts; None without a port. Raises RefusedError."""
    if port is None:
        yield None
        return
    try:
        from tui.services.metrics import Meter, MetricsServer
    except ImportError as error:
        raise RefusedError(
            _(
                "What counts for --metrics is not installed ({error}): "
                "pip install 'imagedeck[shared]'",
                error=error,
            )
        ) from error
    meter = Meter()
    try:
        server = MetricsServer(meter, port)
    except OSError as error:
        raise RefusedError(
            _(
                "--metrics: port {port} can't be used: {strerror}",
                port=port,
                strerror=retold(error.strerror or ""),
            )
        ) from error
    with server:
        yield meter


def standing_of(deck: "Deck") -> "Standing":
    """Say how things stand; for any thread, while the deck is open."""
    from tui.services.engine.holding import EVERYTHING
    from tui.services.journal.protocol import JournalError
    from tui.services.metrics import Standing

    engine = deck.engine
    jobs, waiting = engine.standing
    try:
        stored = deck.journal.history.unfinished()
    except JournalError:
        stored = None
    return Standing(
        jobs=jobs,
        waiting=waiting,
        stored=stored,
        spent=float(engine.spent),
        retries=deck.journal.pulse.retries,
        is_held=engine.hold is not None or EVERYTHING in engine.paused,
    )
