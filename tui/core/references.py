"""The field that takes reference images."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from tui.core.fault import Fault, Severity
from tui.core.fields import Field
from tui.core.language import _
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
        return _(
            "1–{most} files or URLs, {kinds}, ≤ {most_bytes} MB each",
            most=self.most,
            kinds=kinds,
            most_bytes=self.most_bytes // 1024**2,
        )

    def check_all(self, references: Sequence[Reference]) -> Iterable[Fault]:
        """Say everything that is wrong with a list of references."""
        if len(references) > self.most:
            rule = _(
                "takes at most {most} images, {count} were given",
                most=self.most,
                count=len(references),
            )
            yield Fault(self.name, "", rule, _("the first {most}", most=self.most))
        for reference in references:
            yield from self._check_one(reference)

    def _check_one(self, one: Reference) -> Iterable[Fault]:
        if one.sha256 is None:
            return
        if one.media_type not in self.media_types:
            kinds = ", ".join(kind.removeprefix("image/") for kind in self.media_types)
            yield Fault(
                self.name,
                one.name,
                _(
                    "must be one of {kinds}, is {media_type}",
                    kinds=kinds,
                    media_type=one.media_type,
                ),
            )
        if one.bytes is not None and one.bytes > self.most_bytes:
            most, real = self.most_bytes / 1024**2, one.bytes / 1024**2
            yield Fault(
                self.name,
                one.name,
                _("is {real:.1f} MB, at most {most:.0f} MB are taken", real=real, most=most),
            )
        if one.width and one.height:
            ratio = max(one.width / one.height, one.height / one.width)
            if ratio > self.ratio:
                rule = _(
                    "is {width}x{height}; the maker takes 1:{ratio:g} at most",
                    width=one.width,
                    height=one.height,
                    ratio=self.ratio,
                )
                yield Fault(self.name, one.name, rule, severity=Severity.WARNING)
