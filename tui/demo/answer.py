"""An answer of the embedded gateway, which may end otherwise than it should."""

import json
from collections.abc import Iterable, Mapping
from enum import Enum, auto
from typing import Any

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from tui.core.fault import Fault
from tui.demo.connection import drop, until_gone

_PIECE = 64 * 1024


class Ending(Enum):
    """How an answer ends."""

    WHOLE = auto()
    NONE = auto()  # closed before the first byte
    RESET = auto()
    CUT = auto()  # half of the body, then closed
    STALL = auto()  # half of the body, then nothing


class Answer(Response):
    """A response sent in pieces of 64 KiB.

    `chunked` leaves Content-Length out.
    """

    def __init__(
        self,
        content: bytes = b"",
        status: int = 200,
        *,
        media_type: str = "application/json",
        headers: Mapping[str, str] | None = None,
        ending: Ending = Ending.WHOLE,
        chunked: bool = False,
    ) -> None:
        super().__init__(content, status, headers, media_type if content else None)
        self.ending = ending
        if chunked:
            del self.headers["content-length"]

    @property
    def content(self) -> bytes:
        """The whole body."""
        return bytes(self.body)

    def pieces(self) -> Iterable[bytes]:
        """Return the body in pieces."""
        body = self.content
        return (body[start : start + _PIECE] for start in range(0, len(body), _PIECE))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send it."""
        if self.ending in {Ending.NONE, Ending.RESET}:
            await drop(scope, receive, reset=self.ending is Ending.RESET)
            return
        start = {"status": self.status_code, "headers": self.raw_headers}
        await send({"type": "http.response.start", **start})
        if self.ending is not Ending.WHOLE:
            await _piece(send, self.content[: len(self.content) // 2])
            await (until_gone(receive) if self.ending is Ending.STALL else drop(scope, receive))
            return
        if scope["method"] != "HEAD":
            for piece in self.pieces():
                await _piece(send, piece)
        await send({"type": "http.response.body", "body": b""})


class RefusedError(Exception):
    """The gateway does not do what was asked; it becomes an answer with this status."""

    def __init__(self, status: int, message: str, code: str, faults: Iterable[Fault] = ()) -> None:
        super().__init__(message)
        self.status, self.code, self.faults = status, code, tuple(faults)

    @classmethod
    def of(cls, faults: Iterable[Fault]) -> "RefusedError":
        """Refuse invalid parameters, naming all of them."""
        faults = tuple(faults)
        return cls(400, "; ".join(map(str, faults)), "invalid_parameter", faults)

    @property
    def answer(self) -> Answer:
        """What is sent for it."""
        error: dict[str, Any] = {"message": str(self), "code": self.code}
        if self.faults:
            error["param"] = self.faults[0].field
            error["faults"] = [
                {"param": fault.field, "message": str(fault)} for fault in self.faults
            ]
        return json_answer({"error": error}, self.status)


def json_answer(content: object, status: int = 200) -> Answer:
    """Answer with JSON."""
    return Answer(json.dumps(content).encode(), status)


async def _piece(send: Send, piece: bytes) -> None:
    await send({"type": "http.response.body", "body": piece, "more_body": True})
