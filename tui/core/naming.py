"""The names that image files get."""

import re
import unicodedata
from collections.abc import Iterator
from itertools import count
from string import Formatter

from tui.core.job import Job
from tui.core.language import _

DEFAULT_TEMPLATE = "{date}-{slug}-{id}-{index}"
# The fields of a template and their longest values in bytes; the slug may be cut to eight.
_LONGEST = {"date": 10, "time": 6, "slug": 8, "model": 40, "id": 10, "index": 4, "group": 40}
FIELDS = tuple(_LONGEST)
_MOST_SLUG_BYTES = 80
_MOST_NAME_BYTES = 200
_WINDOWS_DEVICES = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)")
# They choose between looks of the character before them; alone they are an invisible name.
_VARIATIONS = re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef]")


class TemplateError(ValueError):
    """A template that can't name files; the message says what to change."""


def slug(text: str, most_bytes: int = _MOST_SLUG_BYTES) -> str:
    """Return letters and digits of any script joined by hyphens, at most `most_bytes` in UTF-8.

    Never empty, never starts with a hyphen or a dot, never a path.
    """
    plain = unicodedata.normalize("NFC", _VARIATIONS.sub("", text).casefold())
    kept = "".join(char if _is_word(char) else "-" for char in plain)
    short = _cut(re.sub("-+", "-", kept).strip("-"), most_bytes).strip("-")
    return f"{short}-" if _WINDOWS_DEVICES.fullmatch(short) else short or "image"


def group_name(prompt: str, random: bytes) -> str:
    """Name a group of jobs after what they show, with four random bytes to tell it apart."""
    return f"{slug(prompt, 24)}-{random[:4].hex()}"


def check_template(template: str) -> None:
    """Raise TemplateError unless the template names files that differ from job to job."""
    names = _fields_of(template)
    unknown = [name for name in names if name not in FIELDS]
    if unknown:
        known = ", ".join(f"{{{name}}}" for name in FIELDS)
        raise TemplateError(
            _(
                "{{{unknown}}} is no field of a file name; there are {known}",
                unknown=unknown[0],
                known=known,
            )
        )
    if "id" not in names or "index" not in names:
        raise TemplateError(_("a file name needs {id} and {index}, or images would share one"))
    if "/" in template or "\\" in template or template.startswith((".", "-", " ")):
        raise TemplateError(_("a file name holds no slash and starts with no dot, hyphen or blank"))
    if not template.isprintable():
        raise TemplateError(_("a file name holds no control characters"))
    longest = {name: "x" * size for name, size in _LONGEST.items()}
    if len(template.format_map(longest).encode()) > _MOST_NAME_BYTES:
        raise TemplateError(
            _(
                "a file name has at most {most_name_bytes} bytes; this is too long",
                most_name_bytes=_MOST_NAME_BYTES,
            )
        )


def file_stem(job: Job, index: int, *, date: str, time: str) -> str:
    """Return the name of a job's image number `index` (from 1), without its extension.

    `date` is YYYY-MM-DD and `time` HHMMSS, in the user's own zone.
    """
    parts = {
        "date": date,
        "time": time,
        "slug": slug(job.prompt),
        "model": slug(job.request.model, _LONGEST["model"]),
        "id": job.short_id,
        "index": str(index),
        "group": slug(job.group or "single", _LONGEST["group"]),
    }
    stem = job.template.format_map(parts)
    excess = len(stem.encode()) - _MOST_NAME_BYTES
    if excess > 0:
        parts["slug"] = slug(job.prompt, max(_LONGEST["slug"], _MOST_SLUG_BYTES - excess))
        stem = job.template.format_map(parts)
    return stem


def numbered(stem: str, ending: str) -> Iterator[str]:
    """Yield the names of which a file gets the first that is free; there is always a next one."""
    yield f"{stem}.{ending}"
    yield from (f"{stem}_{number}.{ending}" for number in count(2))


def _fields_of(template: str) -> list[str]:
    try:
        parts = [part for part in Formatter().parse(template) if part[1] is not None]
    except ValueError as error:
        raise TemplateError(
            _("{template!r} is no template: {error}", template=template, error=error)
        ) from error
    for _text, name, spec, conversion in parts:
        if spec or conversion:
            raise TemplateError(
                _("{{{name}}} takes no format; write it with nothing behind the name", name=name)
            )
    return [name or "" for _, name, _, _ in parts]


def _is_word(char: str) -> bool:
    return char == "_" or unicodedata.category(char)[0] in "LNM"


def _cut(text: str, most_bytes: int) -> str:
    return text.encode()[:most_bytes].decode(errors="ignore")
