"""The images of jobs as files of this machine, where nothing else is open."""

import asyncio
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeVar

from tui.cli.context import Cli
from tui.services.on_hand import OnHand
from tui.services.store.originals import ORIGINALS, Originals
from tui.services.store.store import Store

if TYPE_CHECKING:
    from collections.abc import Coroutine
    from concurrent.futures import Future
    from typing import Any

T = TypeVar("T")


def originals_of(cli: Cli) -> Originals:
    """Return them, for a loop of one's own."""
    return Originals(cli.places.data / ORIGINALS, Store(os.environ))


@contextmanager
def on_hand(cli: Cli) -> Iterator[OnHand]:
    """Give access to them, each thing being done before anything is returned."""
    with asyncio.Runner() as runner:

        def call(coroutine: "Coroutine[Any, Any, T]") -> "Future[T]":
            from concurrent.futures import Future

            done: Future[T] = Future()
            try:
                done.set_result(runner.run(coroutine))
            except Exception as error:  # noqa: BLE001 - whoever asks for the result gets it
                done.set_exception(error)
            return done

        yield OnHand(call, originals_of(cli))
