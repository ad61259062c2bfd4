"""imagedeck for Python programs: `async with Deck() as deck: async for job in deck.generate(…)`.

The same engine, settings, key and database as the command's; docs/python.md has the examples.
"""

import asyncio
from typing import Any

from tui.api.deck import Deck
from tui.api.errors import (
    BudgetError,
    ClosedError,
    DeckError,
    InvalidError,
    NetworkError,
    NoKeyError,
    NotFoundError,
    SettingsError,
    StoreError,
)
from tui.api.plan import Plan
from tui.api.run import Run
from tui.core.fault import Fault
from tui.core.job import ErrorKind, Job, JobError, Saved, State
from tui.core.price import Price
from tui.core.request import Request

__all__ = [
    "BudgetError",
    "ClosedError",
    "Deck",
    "DeckError",
    "ErrorKind",
    "Fault",
    "InvalidError",
    "Job",
    "JobError",
    "NetworkError",
    "NoKeyError",
    "NotFoundError",
    "Plan",
    "Price",
    "Request",
    "Run",
    "Saved",
    "SettingsError",
    "State",
    "StoreError",
    "generate_now",
]


def generate_now(
    model: str, prompt: str, *, deck: Deck | None = None, count: int = 1, **fields: Any
) -> list[Job]:
    """Make images and wait for them, without a loop of one's own; see Deck.generate.

    `deck` is one that is not open yet. Raises RuntimeError where a loop runs already.
    """

    async def run() -> list[Job]:
        async with deck or Deck() as opened:
            return await opened.generate(model, prompt, count=count, **fields)

    return asyncio.run(run())
