"""Whether a gateway can be reached, and what it thinks of the key and the time."""

import asyncio
import ssl
import time
from dataclasses import dataclass
from email.utils import parsedate_to_datetime

import httpx

from tui.core.language import english
from tui.services.keys import Key

_PATIENCE = 10.0  # seconds
# A task that nobody has: looking for it costs nothing, and is answered only with a valid key.
_PATH = "/v2/extend/image/gpt_image/tasks/img_gen_doctor"


@dataclass(frozen=True, slots=True)
class Reached:
    """What came back: a status, after how many seconds, the seconds our clock is ahead.

    `problem` says why nothing did; `ahead` is None where the gateway tells no time.
    """

    status: int | None = None
    seconds: float = 0.0
    ahead: float | None = None
    problem: str = ""


async def reach(client: httpx.AsyncClient, base: str, key: Key | None) -> Reached:
    """Ask a gateway for a task that does not exist."""
    headers = {"Accept": "application/json"}
    if key:
        headers["X-API-Key"] = key.reveal()
    started = time.monotonic()
    try:
        async with asyncio.timeout(_PATIENCE):
            response = await client.get(base + _PATH, headers=headers)
    except TimeoutError:
        return Reached(problem=english("no answer within {patience:g} seconds", patience=_PATIENCE))
    except (httpx.HTTPError, httpx.InvalidURL, OSError, ssl.SSLError) as error:
        return Reached(problem=f"{type(error).__name__} {error}".strip())
    seconds = time.monotonic() - started
    return Reached(response.status_code, seconds, _ahead(response.headers.get("date")))


def _ahead(date: str | None) -> float | None:
    try:
        return time.time() - parsedate_to_datetime(date).timestamp() if date else None
    except ValueError:
        return None
