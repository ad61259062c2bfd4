"""The field that takes reference images."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from tui.core.fault import Fault, Severity
from tui.core.fields import Field
from tui.core.request import Reference


def measured(count: int) -> str:
    """Return a number of bytes as the bounds of references count them, 1,024 a kB."""
    if count < 1024:
        return f"{count} B"
    mega, kilo = count / 1024**2, count / 1024
    return f"{mega:.1f} MB" if mega >= 1 else f"{kilo:.0f} kB"


@dataclass(frozen=True, slots=True, kw_only=True)
class References(Field):
    """A list of reference images, local files or URLs.

    `most` references, each at most `most_bytes` bytes and of one of `media_types`, its
    width over its height between 1/`ratio` and `ratio`. What a URL leads to is not looked at.
    """

    most: int
    most_bytes: int
    media_types: tuple[str, ...]
    ratio: float

    @property
    def allowed(self) -> str:
        """The bounds in one phrase."""
        kinds = " ".join(kind.removeprefix("image/") for kind in self.media_types)
        return f"1–{self.most} files or URLs, {kinds}, ≤ {self.most_bytes // 1024**2} MB each"

    def check_all(self, references: Sequence[Reference]) -> Iterable[Fault]:
        """Say everything that is wrong with a list of references."""
        if len(references) > self.most:
            rule = f"takes at most {self.most} images, {len(references)} were given"
            yield Fault(self.name, "", rule, f"the first {self.most}")
        for reference in references:
            yield from self._check_one(reference)

    def _check_one(self, one: Reference) -> Iterable[Fault]:
        if one.sha256 is None:
            return
        if one.media_type not in self.media_types:
            kinds = ", ".join(kind.removeprefix("image/") for kind in self.media_types)
            yield Fault(self.name, one.name, f"must be one of {kinds}, is {one.media_type}")
        if one.bytes is not None and one.bytes > self.most_bytes:
            most, real = self.most_bytes / 1024**2, one.bytes / 1024**2
            yield Fault(self.name, one.name, f"is {real:.1f} MB, at most {most:.0f} MB are taken")
        if one.width and one.height:
            ratio = max(one.width / one.height, one.height / one.width)
            if ratio > self.ratio:
                rule = f"is {one.width}x{one.height}; the maker takes 1:{self.ratio:g} at most"
                yield Fault(self.name, one.name, rule, severity=Severity.WARNING)
