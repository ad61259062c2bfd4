"""The JSON body of a submission, references encoded while it is sent."""

import asyncio
import base64
import json
import uuid
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path

from tui.core.model import Model
from tui.core.request import Request

_PIECE = 3 * 256 * 1024  # a multiple of 3, so that base64 of the pieces joins without padding


@dataclass(frozen=True, slots=True)
class Body:
    """A body of `length` bytes in parts: bytes as they are, and files to be sent as base64."""

    parts: tuple[bytes | Path, ...]
    length: int

    async def __aiter__(self) -> AsyncIterator[bytes]:
        """Give the body piece by piece; one piece of one file is in memory at a time."""
        for part in self.parts:
            if isinstance(part, bytes):
                yield part
                continue
            with await asyncio.to_thread(part.open, "rb") as file:
                while piece := await asyncio.to_thread(file.read, _PIECE):
                    yield base64.b64encode(piece)


def encode(model: Model, request: Request, path_of: Callable[[str], Path]) -> Body:
    """Make the body of a request; `path_of` finds a reference's bytes by their sha256.

    Raises OSError when a reference is not there any more.
    """
    urls, files = [], {}
    for one in request.references:
        if one.sha256 is None:
            urls.append(one.url or "")
            continue
        token = uuid.uuid4().hex
        files[token] = path_of(one.sha256)
        urls.append(f"data:{one.media_type};base64,{token}")
    document = json.dumps(model.body(request, urls), ensure_ascii=False, separators=(",", ":"))
    parts: list[bytes | Path] = []
    rest = document
    for token, path in files.items():
        before, rest = rest.split(token, 1)
        parts += [before.encode(), path]
    parts.append(rest.encode())
    return Body(tuple(parts), sum(_length(part) for part in parts))


def _length(part: bytes | Path) -> int:
    return len(part) if isinstance(part, bytes) else (part.stat().st_size + 2) // 3 * 4
