"""Looking into foreign images, which only child processes ever decode."""

import asyncio
import importlib.util
import json
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any, Self, TypeVar

import tui
from tui.core.language import english
from tui.core.picture import Drawing, Picture, Wish
from tui.services import decode_child
from tui.services.decode_answers import (
    MOST_THUMBNAIL,
    DeadChildError,
    Decoded,
    question_of,
    read_decoded,
    read_picture,
)

__all__ = ["MOST_THUMBNAIL", "BadImageError", "Decoded", "Decoder", "DecoderError"]

RESULT_FORMATS = ("PNG", "JPEG", "WEBP")
REFERENCE_FORMATS = ("JPEG", "PNG", "WEBP", "BMP", "TIFF", "GIF")
_LONGEST_LINE = 1024**2  # bytes of one answer; a thumbnail takes half of it at most


class BadImageError(Exception):
    """Bytes that are no complete image of an allowed kind; the message goes on after a name."""


class DecoderError(Exception):
    """The decoder itself can't be started on this machine; says nothing about the image."""


_Answer = TypeVar("_Answer", Decoded, Picture | Drawing)


class Decoder:
    """At most `children` processes, started when needed, each renewed after `images_each` images.

    Belongs to the event loop it is used in. An image that takes longer than `deadline`
    seconds costs its child the life.
    """

    def __init__(
        self, *, children: int = 2, images_each: int = 200, deadline: float = 20.0
    ) -> None:
        self._children = children
        self._turns = asyncio.Semaphore(children)
        self._asking: set[asyncio.Task[Any] | None] = set()
        self._images_each = images_each
        self._deadline = deadline
        self._idle: list[_Child] = []

    async def inspect(self, path: Path | str, formats: Sequence[str] = RESULT_FORMATS) -> Decoded:
        """Decode the whole image at a path.

        Raises BadImageError, or DecoderError when no child can be started.
        """
        return await self._ask({"path": str(path), "formats": list(formats)}, read_decoded)

    async def picture(self, path: Path, wish: Wish) -> Picture | Drawing:
        """Draw the image at a path, or a part of it.

        Plain pixels have at most 320 a side, drawings 1,024. Raises BadImageError, or DecoderError
        when no child can be started.
        """
        question = {
            "path": str(path),
            "formats": list(REFERENCE_FORMATS),
            "wish": question_of(wish),
        }
        return await self._ask(question, partial(read_picture, graphics=wish.graphics))

    async def _ask(
        self, question: Mapping[str, object], read: Callable[[Mapping[str, Any]], _Answer | str]
    ) -> _Answer:
        task = asyncio.current_task()
        self._asking.add(task)
        try:
            async with self._turns:
                return await self._answer(question, read)
        finally:
            self._asking.discard(task)

    async def _answer(
        self, question: Mapping[str, object], read: Callable[[Mapping[str, Any]], _Answer | str]
    ) -> _Answer:
        child = await self._take()
        try:
            async with asyncio.timeout(self._deadline):
                answer = read(await child.ask(question))
        except TimeoutError as error:
            await child.end()
            reason = english(
                "it took more than {deadline:g} seconds to decode", deadline=self._deadline
            )
            raise BadImageError(reason) from error
        except DeadChildError as error:
            await child.end()
            reason = english("decoding it took more memory or time than is allowed")
            raise BadImageError(reason) from error
        except asyncio.CancelledError:
            await child.end()  # or its late answer would be taken for the next image's
            raise
        await self._give_back(child)
        if isinstance(answer, str):
            raise BadImageError(answer)
        return answer

    async def close(self) -> None:
        """End the children; whoever waits for an answer is cancelled. Nobody asks afterwards."""
        for task in self._asking:
            if task and not task.cancelling():  # else it is about to end its child
                task.cancel()
        # Each ends its child itself; the loop, which may be about to end, must not cut that short.
        for _ in range(self._children):
            await self._turns.acquire()
        while self._idle:
            await self._idle.pop().end()

    async def _take(self) -> "_Child":
        while self._idle:
            child = self._idle.pop()
            if child.is_alive:
                return child
            await child.end()
        return await _Child.start(self._deadline)

    async def _give_back(self, child: "_Child") -> None:
        if child.asked < self._images_each:
            self._idle.append(child)
        else:
            await child.end()


class _Child:
    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self.asked = 0

    @classmethod
    async def start(cls, deadline: float) -> Self:
        pillow = importlib.util.find_spec("PIL")
        places = [str(Path(pillow.origin).parent.parent)] if pillow and pillow.origin else []
        places.append(str(Path(tui.__file__).parents[1]))
        command = [sys.executable, "-I", "-X", "utf8", str(decode_child.__file__), *places]
        try:
            process = await asyncio.create_subprocess_exec(
                *command,
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.DEVNULL,
                limit=_LONGEST_LINE,
                env={},  # the gateway key may be in ours
                start_new_session=True,  # ctrl+c is the parent's to answer
            )
        except OSError as error:
            raise DecoderError(
                english("the image decoder can't be started: {strerror}", strerror=error.strerror)
            ) from error
        child = cls(process)
        try:
            async with asyncio.timeout(deadline):
                await child.read()
        except (TimeoutError, DeadChildError) as error:
            await child.end()
            reason = english("the image decoder does not start; installing imagedeck anew may help")
            raise DecoderError(reason) from error
        except asyncio.CancelledError:
            await child.end()
            raise
        return child

    @property
    def is_alive(self) -> bool:
        return self._process.returncode is None

    async def ask(self, question: Mapping[str, object]) -> dict[str, Any]:
        self.asked += 1
        assert self._process.stdin is not None  # noqa: S101 - it was started with a pipe
        try:
            self._process.stdin.write(json.dumps(question).encode() + b"\n")
            await self._process.stdin.drain()
        except OSError as error:
            raise DeadChildError from error
        return await self.read()

    async def read(self) -> dict[str, Any]:
        assert self._process.stdout is not None  # noqa: S101 - it was started with a pipe
        try:
            answer = json.loads(await self._process.stdout.readline())
        except ValueError as error:  # no line, too long a line, no JSON
            raise DeadChildError from error
        if not isinstance(answer, dict):
            raise DeadChildError
        return answer

    async def end(self) -> None:
        with suppress(ProcessLookupError):
            self._process.kill()
        await self._process.communicate()  # reads to the end, which closes the pipes
