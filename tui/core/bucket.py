"""An S3 bucket as the place where images go."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

from tui.core.language import _

SCHEME = "s3://"
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{1,61}[A-Za-z0-9]")
_MOST_PREFIX_BYTES = 600  # a key has 1,024, and an image's own name takes some of them


@dataclass(frozen=True, slots=True)
class Bucket:
    """A bucket, and what the names of all images in it begin with; empty for nothing."""

    name: str
    prefix: str = ""

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read `s3://bucket/prefix`; ValueError says what is wrong with it."""
        name, _slash, prefix = text.strip().removeprefix(SCHEME).partition("/")
        if not _NAME.fullmatch(name):
            raise ValueError(
                _(
                    "must be s3://BUCKET/PREFIX; a bucket's name has 3 to 63 letters, digits, dots "
                    "and hyphens"
                )
            )
        prefix = prefix.strip("/")
        parts = prefix.split("/") if prefix else []
        if not all(parts) or {".", ".."} & set(parts) or not prefix.isprintable():
            raise ValueError(
                _(
                    "must be s3://BUCKET/PREFIX without empty parts, dots alone or control "
                    "characters"
                )
            )
        if len(prefix.encode("utf-8", "surrogateescape")) > _MOST_PREFIX_BYTES:
            raise ValueError(_("has a prefix of more than {most} bytes", most=_MOST_PREFIX_BYTES))
        return cls(name, prefix)

    def __str__(self) -> str:
        return f"{SCHEME}{self.name}/{self.prefix}".rstrip("/")

    def key(self, name: str) -> str:
        """Return the key of an object that is called so."""
        return f"{self.prefix}/{name}" if self.prefix else name

    def place(self, name: str) -> str:
        """Return where an object of that name is."""
        return f"{SCHEME}{self.name}/{self.key(name)}"


def is_remote(place: str) -> bool:
    """Whether a place, of an image or for images, is in a bucket and not on this machine."""
    return place.startswith(SCHEME)


def remote_of(places: Iterable[str]) -> list[str]:
    """Return those of the places that are in buckets."""
    return [place for place in places if is_remote(place)]


def taken_apart(place: str) -> tuple[str, str]:
    """Return the bucket and the key of an image in a bucket; ValueError for what is none."""
    folder, _slash, name = place.rpartition("/")
    bucket = Bucket.parse(folder)
    if name in {"", ".", ".."} or not name.isprintable():
        raise ValueError(place)
    return bucket.name, bucket.key(name)
