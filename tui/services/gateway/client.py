"""The client of the gateway's API."""

import asyncio
import os
import ssl
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

import httpx

from tui.core.language import english
from tui.core.text import one_line
from tui.services.clock import Clock
from tui.services.gateway.answer import inflate, is_task_id, read_json, task_id_of
from tui.services.gateway.body import Body
from tui.services.gateway.outcome import Accepted, Ambiguous, Look, NotSent, Submission, Trouble
from tui.services.gateway.verdict import MOST_KEPT, look_of, submission_of
from tui.services.keys import Key

# Seconds. A submission answers in a moment, but an answer that is waited for too shortly is
# an image paid for and not known; so only silence of three minutes counts as lost.
SUBMIT_TIMEOUT = httpx.Timeout(180.0, connect=15.0, pool=15.0)
POLL_TIMEOUT = httpx.Timeout(30.0, connect=15.0)
# An answer that comes drop by drop is never silent: this is all the time it has to end in.
ANSWER_SECONDS = 300.0
_MOST_JSON = 4 * 1024**2
_MOST_INLINE = 96 * 1024**2  # an answer that holds the images themselves
_PARSE_ASIDE = 1024**2
_POST_STARTS = "send_request_headers.started"
_POST_IS_OUT = "receive_response_headers.started"

OnSent = Callable[[], Awaitable[bool]]


class _AbortedError(Exception):
    """The journal says no: nothing must be sent."""


class Gateway:
    """Submissions to one origin with one key, and questions about the tasks they made.

    `submit` and `poll` are separate clients without redirects or cookies; `base` is
    scheme, host, port and path prefix without a slash at the end.
    """

    def __init__(
        self,
        *,
        submit: httpx.AsyncClient,
        poll: httpx.AsyncClient,
        base: str,
        key: Key | None,
        clock: Clock,
    ) -> None:
        self._submit = submit
        self._poll = poll
        self._base = base
        self._key = key
        self._clock = clock

    async def submit(self, path: str, body: Body, on_sent: OnSent) -> Submission:
        """Send one submission; never raises for what the network or the gateway does.

        `on_sent` is awaited before the first byte goes out; unless it says True, or when it
        raises, nothing is sent.
        """
        marker = _Marker(on_sent)
        raw = bytearray()
        try:
            async with (
                marker.patience,
                self._submit.stream(
                    "POST",
                    self._base + path,
                    content=body,
                    headers=self._headers()
                    | {"Content-Type": "application/json", "Content-Length": str(body.length)},
                    extensions={"trace": marker.trace},
                    timeout=SUBMIT_TIMEOUT,
                ) as response,
            ):
                await _drain(response, raw, _MOST_JSON)
        except _AbortedError:
            return NotSent(english("it was withdrawn before anything was sent"))
        except (httpx.HTTPError, httpx.InvalidURL, OSError, ssl.SSLError) as error:
            message = _describe(error)
            if not marker.sent or isinstance(error, httpx.LocalProtocolError):
                return NotSent(message)
            return _salvage(
                english("the answer to the submission was lost ({message})", message=message),
                bytes(raw),
            )
        plain = _plain(response, raw, _MOST_JSON)
        return submission_of(response.status_code, response.headers, plain, self._clock.now())

    async def look(self, path: str, task_id: str) -> Look:
        """Ask for a task; never raises for what the network or the gateway does."""
        if not (path.startswith("/") and is_task_id(task_id)):
            # Who may write into a shared journal must not lead the key to a host of theirs.
            return Trouble(english("what the job says of its task is no address at the gateway"))
        url = self._base + path.replace("{task_id}", task_id)
        received = bytearray()
        try:
            async with (
                asyncio.timeout(ANSWER_SECONDS),
                self._poll.stream(
                    "GET", url, headers=self._headers(), timeout=POLL_TIMEOUT
                ) as response,
            ):
                await _drain(response, received, _MOST_INLINE)
        except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
            return Trouble(_describe(error))
        if len(received) > _MOST_INLINE:
            return Trouble(
                english(
                    "the gateway's answer is larger than {most_inline} MB",
                    most_inline=_MOST_INLINE // 1024**2,
                )
            )
        judge = partial(_look_of, response, received, task_id, self._clock.now())
        is_long = len(received) > _PARSE_ASIDE or "content-encoding" in response.headers
        return await asyncio.to_thread(judge) if is_long else judge()

    def _headers(self) -> dict[str, str]:
        # Both clients talk to `base` alone and follow no redirect: the key can go nowhere else.
        headers = {"Accept": "application/json", "Accept-Encoding": "identity"}
        return headers | {"X-API-Key": self._key.reveal()} if self._key else headers


class _Marker:
    """Notices the moments a submission's first byte and its last one go out."""

    def __init__(self, on_sent: OnSent) -> None:
        self._on_sent = on_sent
        self.sent = False
        self.patience = asyncio.timeout(None)

    async def trace(self, name: str, info: dict[str, Any]) -> None:
        # It fires for a proxy's CONNECT too, which sends nothing of the submission.
        if name.endswith(_POST_STARTS) and info["request"].method == b"POST":
            if not await self._on_sent():
                raise _AbortedError
            self.sent = True
        elif name.endswith(_POST_IS_OUT) and self.sent:
            # Only now: large references over a slow line may take longer than any answer.
            self.patience.reschedule(asyncio.get_running_loop().time() + ANSWER_SECONDS)


async def _drain(response: httpx.Response, into: bytearray, most: int) -> None:
    # What has come stays in `into` when the rest is lost: a task id may be in it.
    async for piece in response.aiter_raw():
        into += piece
        if len(into) > most:
            break


def _look_of(response: httpx.Response, received: bytearray, task_id: str, now: float) -> Look:
    raw = _plain(response, received, _MOST_INLINE)
    return look_of(response.status_code, response.headers, raw, task_id, now)


def _plain(response: httpx.Response, received: bytearray, most: int) -> bytes:
    raw = bytes(memoryview(received)[:most])
    received.clear()  # it may be a hundred megabytes
    return inflate(raw, response.headers.get("content-encoding", ""), most) or b""


def _salvage(message: str, raw: bytes) -> Submission:
    task_id = task_id_of(read_json(raw), raw)
    return Accepted(task_id) if task_id else Ambiguous(message, raw[:MOST_KEPT])


def _describe(error: Exception) -> str:
    text = one_line(str(error), 200).rstrip(".")
    kind = type(error).__name__
    match error:
        case httpx.ConnectTimeout() | httpx.PoolTimeout():
            return english("no connection within 15 seconds")
        case httpx.ReadTimeout():
            return english("no answer in time")
        case TimeoutError():
            return english(
                "the answer did not end within {answer_seconds:g} seconds",
                answer_seconds=ANSWER_SECONDS,
            )
        case httpx.WriteTimeout():
            return english("the connection stalled while sending")
        case httpx.ConnectError():
            return english(
                "the gateway can't be reached ({cause})", cause=_cause(error) or text or kind
            )
        case _:
            return text or kind


def _cause(error: BaseException) -> str:
    """Return what the system itself said: "Connection refused", not that all attempts failed."""
    said, at = "", error.__cause__ or error.__context__
    while at:
        if isinstance(at, BaseExceptionGroup):  # an attempt for each address
            at = at.exceptions[0]
        if isinstance(at, OSError) and at.strerror:
            # asyncio puts the address in place of the reason.
            is_address = at.strerror.startswith("Connect call failed")
            said = os.strerror(at.errno or 0) if is_address else one_line(at.strerror, 200)
        at = at.__cause__ or at.__context__
    return said
