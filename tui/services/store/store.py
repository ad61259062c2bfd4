"""Objects in S3 buckets: written once and whole, read back."""

import asyncio
import atexit
import hashlib
import mmap
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import suppress
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

from tui.core.bucket import Bucket
from tui.core.language import english
from tui.services.store.access import Access, find_access
from tui.services.store.trouble import (
    NO_KEY,
    NOT_ALLOWED,
    StoreError,
    UnknownKeyError,
    explained,
    gone,
)

if TYPE_CHECKING:
    from obstore.store import ClientConfig, S3Config, S3Store

_BLOCK = 1024**2
_CHECK_SECONDS = 10.0
_MARK = ".imagedeck"  # the object that proves that one may write, and that nothing is replaced
_MARK_TEXT = b"imagedeck keeps images here, and writes this to see that it may.\n"
# An answer begins only after the last byte of an image was sent.
_CONNECT, _ANSWER, _WHOLE = "5s", "300s", "600s"
_LAST = 0.1  # seconds
_TRIES = 1  # more; whoever puts an image tries again later anyway


class Store:
    """The buckets of one S3 server, found by the usual AWS variables.

    The library is loaded with the first bucket that is used. Raises StoreError; UnknownKeyError
    where there is no such object.
    """

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._environ = environ
        self._access: Access | None = None
        self._buckets: dict[str, S3Store] = {}

    async def put(self, bucket: str, key: str, source: Path, media_type: str) -> bool:
        """Write a file as a new object in one request: it is there whole, or not at all.

        Nothing is held in memory but what is on its way. False where there is one already.
        """
        with source.open("rb") as file:
            # Not closed here: it is, as soon as nothing reads it any more.
            data = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        return await self._put(bucket, key, data, media_type)

    async def put_bytes(self, bucket: str, key: str, data: bytes, media_type: str) -> bool:
        """Do the same with something short."""
        return await self._put(bucket, key, data, media_type)

    async def read(self, bucket: str, key: str) -> AsyncIterator[bytes]:
        """Yield an object's content."""
        obstore = _library()
        try:
            result = await obstore.get_async(self._bucket(bucket), key)
            async for block in result.stream(min_chunk_size=_BLOCK):
                yield bytes(block)
        except FileNotFoundError as error:
            raise self._missing(error, bucket, key) from error
        except (obstore.exceptions.BaseError, OSError) as error:
            raise self._explained(error, bucket) from error

    async def holds(self, bucket: str, key: str, size: int, sha256: str) -> bool:
        """Whether an object has this content."""
        digest, found = hashlib.sha256(), 0
        with suppress(UnknownKeyError):
            async for block in self.read(bucket, key):
                digest.update(block)
                found += len(block)
        return found == size and digest.hexdigest() == sha256

    async def check(self, place: Bucket) -> None:
        """Raise StoreError unless images can be written there, and are never replaced."""
        try:
            async with asyncio.timeout(_CHECK_SECONDS):
                await self._check(place.name, place.key(_MARK))
        except TimeoutError as error:
            raise StoreError(english("{store} does not answer.", store=self._shown)) from error

    async def _check(self, bucket: str, key: str) -> None:
        try:
            # First read: some servers make a bucket of every name that is written to.
            async for _block in self.read(bucket, key):
                pass
        except StoreError as problem:
            # Who may not list is not told that there is no such object.
            if problem.code not in {NO_KEY, NOT_ALLOWED}:
                raise
        is_new = await self._put(bucket, key, _MARK_TEXT, "text/plain")
        if is_new and await self._put(bucket, key, _MARK_TEXT, "text/plain"):
            raise StoreError(
                english(
                    "{store} replaces objects where it was told not to (If-None-Match), and "
                    "images must never be replaced: use another store.",
                    store=self._shown,
                )
            )

    async def _put(self, bucket: str, key: str, data: bytes | mmap.mmap, media_type: str) -> bool:
        obstore = _library()
        kind: Any = {"Content-Type": media_type}
        try:
            # Of several parts an object could not be made without replacing another.
            await obstore.put_async(self._bucket(bucket), key, data, attributes=kind, mode="create")
        except obstore.exceptions.AlreadyExistsError:
            return False
        except FileNotFoundError as error:
            raise self._missing(error, bucket, key) from error
        except (obstore.exceptions.BaseError, OSError) as error:
            raise self._explained(error, bucket) from error
        return True

    def _bucket(self, name: str) -> "S3Store":
        if name not in self._buckets:
            self._buckets[name] = self._open(name)
        return self._buckets[name]

    def _open(self, name: str) -> "S3Store":
        access = self._access = find_access(self._environ)
        from obstore.store import S3Store

        _let_go_at_exit()
        config: S3Config = {"region": access.region}
        if access.endpoint:
            config["endpoint"] = access.endpoint
        if access.keys:
            config["access_key_id"], config["secret_access_key"], token = access.keys
            if token:
                config["session_token"] = token
        client: ClientConfig = {
            "allow_http": access.is_plain,
            "connect_timeout": _CONNECT,
            "read_timeout": _ANSWER,
            "timeout": _WHOLE,
        }
        return S3Store(
            name, config=config, client_options=client, retry_config={"max_retries": _TRIES}
        )

    @property
    def _shown(self) -> str:
        return self._access.shown if self._access else "S3"

    def _missing(self, error: Exception, bucket: str, key: str) -> StoreError:
        if "NoSuchBucket" in str(error):
            return self._explained(error, bucket)
        return gone(f"s3://{bucket}/{key}")

    def _explained(self, error: Exception, bucket: str) -> StoreError:
        return explained(error, bucket=bucket, store=self._shown)


def _library() -> ModuleType:
    """Load what speaks with S3; it comes with an extra."""
    try:
        import obstore
    except ImportError as error:
        raise StoreError(
            english("Images in S3 need more than is installed: pip install 'imagedeck[shared]'.")
        ) from error
    return obstore


@cache
def _let_go_at_exit() -> None:
    """Give the library's threads a moment before the interpreter ends.

    What they hold of ours they let go of a little after they have answered; where that falls into
    the interpreter's last moments the process aborts (16 of 100 short runs; with this none of 200).
    """
    atexit.register(time.sleep, _LAST)
