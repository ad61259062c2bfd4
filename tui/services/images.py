"""Fetching the bytes of one generated image."""

import asyncio
import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from tui import __version__
from tui.core.job import Result
from tui.core.language import english
from tui.core.text import clean
from tui.services.addresses import AddressError, check_url, shown_url
from tui.services.inline import InlineError, is_data_url, read_inline

if TYPE_CHECKING:
    import httpx

MOST_BYTES = 64 * 1024**2
MOST_REDIRECTS = 5
_BLOCK = 1024**2
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_HEADERS = {
    "Accept": "image/png, image/jpeg, image/webp, */*;q=0.5",
    "Accept-Encoding": "identity",
    "User-Agent": f"imagedeck/{__version__}",
}


class FetchError(Exception):
    """An image could not be fetched; the message says why, without the URL's secret parts.

    FetchError
    ├── GoneError          401, 403, 404, 410 or another 4xx: the URL has expired
    ├── TransferError      worth another try: connection, stall, short body, 408, 425, 429, 5xx
    └── ForbiddenUrlError  the address rule; never worth another try
    """


class GoneError(FetchError):
    """The URL leads to no image any more; only a fresh one can help."""


class TransferError(FetchError):
    """It broke on the way; another try may work."""


class ForbiddenUrlError(FetchError):
    """Nothing is fetched from that address."""


@dataclass(frozen=True, slots=True)
class Fetched:
    """What came: size in bytes, sha256 (hexadecimal), the media type it was announced with."""

    bytes: int
    sha256: str
    media_type: str | None


class Sink(Protocol):
    """Where the bytes go: an open aiofiles file, for one."""

    async def write(self, data: bytes, /) -> object:
        """Write all of `data`."""


class Images:
    """Fetches results through a client that holds no key; the client stays the caller's.

    `stall_seconds` without a byte, or `total_seconds` in all, end a transfer.
    """

    def __init__(
        self,
        client: "httpx.AsyncClient",
        gateway_origin: str,
        *,
        most_bytes: int = MOST_BYTES,
        stall_seconds: float = 30.0,
        total_seconds: float = 600.0,
    ) -> None:
        self._client = client
        self._origin = gateway_origin
        self._most_bytes = most_bytes
        self._stall_seconds = stall_seconds
        self._total_seconds = total_seconds

    async def fetch(self, result: Result, part: Sink) -> Fetched:
        """Write a result's bytes into `part`, exactly as they were delivered.

        Raises a FetchError; an OSError is the sink's own.
        """
        body = _Body(part, self._most_bytes)
        try:
            async with asyncio.timeout(self._total_seconds):
                if result.url is None or is_data_url(result.url):
                    media_type = await self._unpack(result.base64 or result.url or "", body)
                else:
                    media_type = await self._download(result.url, body)
                return await body.finish(media_type)
        except TimeoutError as error:
            raise TransferError(
                english("not done after {seconds:g} seconds", seconds=self._total_seconds)
            ) from error

    async def _unpack(self, text: str, body: "_Body") -> str | None:
        try:
            inline = await asyncio.to_thread(read_inline, text, self._most_bytes)
        except InlineError as error:
            raise TransferError(
                english("the answer held no readable image: {error}", error=error)
            ) from error
        for start in range(0, len(inline.data), _BLOCK):
            await body.add(inline.data[start : start + _BLOCK])
        return inline.media_type

    async def _download(self, url: str, body: "_Body") -> str | None:
        import httpx

        try:
            return await self._follow(url, body)
        except (AddressError, httpx.InvalidURL) as error:
            raise ForbiddenUrlError(
                english("{url} is refused: {error}", url=shown_url(url), error=error)
            ) from error
        except httpx.HTTPError as error:
            if _is_about_address(error):
                reason = english("its name leads to an address that is not public")
                raise ForbiddenUrlError(
                    english("{url} is refused: {reason}", url=shown_url(url), reason=reason)
                ) from error
            reason = clean(f"{type(error).__name__} {error}".strip(), 200)
            raise TransferError(f"{shown_url(url)}: {reason}") from error

    async def _follow(self, url: str, body: "_Body") -> str | None:
        for _ in range(MOST_REDIRECTS + 1):
            response = await self._get(url)
            try:
                if response.status_code not in _REDIRECTS:
                    return await _receive(response, body)
                url = _next_hop(url, response)
            finally:
                await response.aclose()
        raise TransferError(
            english("{at}: redirected more than {n} times", at=shown_url(url), n=MOST_REDIRECTS)
        )

    async def _get(self, url: str) -> "httpx.Response":
        import httpx

        # Once as it was written, once as httpx understood it: parsers differ.
        check_url(url, gateway_origin=self._origin)
        target = httpx.URL(url)
        check_url(str(target), gateway_origin=self._origin)
        timeout = httpx.Timeout(self._stall_seconds).as_dict()
        # Not client.build_request: that one adds the client's own headers, cookies and parameters.
        request = httpx.Request("GET", target, headers=_HEADERS, extensions={"timeout": timeout})
        return await self._client.send(request, stream=True, auth=None, follow_redirects=False)


class _Body:
    """Counts and hashes what it hands on to a sink, a mebibyte at a time."""

    def __init__(self, sink: Sink, most_bytes: int) -> None:
        self.count = 0
        self.most_bytes = most_bytes
        self._sink = sink
        self._hash = hashlib.sha256()
        self._block = bytearray()

    async def add(self, chunk: bytes) -> None:
        self.count += len(chunk)
        if self.count > self.most_bytes:
            raise TransferError(
                english("the image is larger than {most} MB", most=self.most_bytes // 1024**2)
            )
        self._block += chunk
        if len(self._block) >= _BLOCK:
            await self._flush()

    async def finish(self, media_type: str | None) -> Fetched:
        await self._flush()
        return Fetched(self.count, self._hash.hexdigest(), media_type)

    async def _flush(self) -> None:
        block, self._block = bytes(self._block), bytearray()
        self._hash.update(block)
        await self._sink.write(block)


async def _receive(response: "httpx.Response", body: _Body) -> str | None:
    length = _promised(response, body.most_bytes)
    async for chunk in response.aiter_raw():
        await body.add(chunk)
    if length is not None and body.count != length:
        where = shown_url(str(response.url))
        raise TransferError(
            english("{at}: {n:,} of {all:,} bytes arrived", at=where, n=body.count, all=length)
        )
    return response.headers.get("content-type", "").partition(";")[0].strip().lower() or None


def _promised(response: "httpx.Response", most_bytes: int) -> int | None:
    """Return the Content-Length, having checked that the answer is one to read."""
    where, status = shown_url(str(response.url)), response.status_code
    if 400 <= status < 500 and status not in {408, 425, 429}:
        # Expired signatures answer 403 at most stores, 400 at some.
        raise GoneError(
            english(
                "{at} answered {status}: the link to the image has expired", at=where, status=status
            )
        )
    if status != 200:
        raise TransferError(english("{where} answered {status}", where=where, status=status))
    encoding = response.headers.get("content-encoding", "identity").strip().lower()
    if encoding != "identity":
        sent = clean(encoding, 40)
        raise TransferError(
            english("{at} sent it packed ({how}), which was not asked", at=where, how=sent)
        )
    length = response.headers.get("content-length")
    if length is None:
        return None
    if not (length.isascii() and length.isdigit()) or int(length) > most_bytes:
        raise TransferError(
            english("{where} announced {length} bytes", where=where, length=clean(length, 40))
        )
    return int(length)


def _next_hop(url: str, response: "httpx.Response") -> str:
    location = response.headers.get("location")
    if not location:
        raise TransferError(
            english(
                "{url} answered {status} without an address",
                url=shown_url(url),
                status=response.status_code,
            )
        )
    target = response.url.join(location)
    if response.url.scheme == "https" and target.scheme != "https":
        raise AddressError(english("{url} redirects away from https", url=shown_url(url)))
    return str(target)


def _is_about_address(error: BaseException | None) -> bool:
    while error is not None and not isinstance(error, AddressError):
        error = error.__cause__
    return error is not None
