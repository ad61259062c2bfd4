"""A folder gone through for images that can come into the history."""

import asyncio
import hashlib
import os
import stat
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from tui.core.foreign_prompts import ForeignPrompt, foreign_prompt
from tui.core.job import Job, Saved, State, new_job_id
from tui.core.language import _
from tui.core.naming import DEFAULT_TEMPLATE
from tui.core.request import Request
from tui.services.decode import BadImageError, Decoded, Decoder, DecoderError
from tui.services.importing.png_text import png_texts
from tui.services.importing.sidecars import BadSidecarError, job_of, together
from tui.services.journal.protocol import Journal
from tui.services.sidecar import sidecar_path

_ENDINGS = {".png", ".jpg", ".jpeg", ".webp"}
_MOST_SIDECAR = 4 * 1024**2


@dataclass(frozen=True, slots=True)
class Left:
    """A file that stays where it is, and why."""

    path: Path
    reason: str


@dataclass(frozen=True, slots=True)
class _Read:
    """What stands in an image's file and in its sidecar, None being none."""

    digest: bytes
    size: int
    modified: float
    texts: Mapping[str, str]
    sidecar: bytes | None


async def take_in(
    folder: Path, decoder: Decoder, journal: Journal, me: str | None = None
) -> tuple[list[Job], list[Job], list[Left]]:
    """Take images into the history, as this person's; return new jobs, known ones, what is left."""
    jobs, left = await found_in(folder, decoder)
    known = [job for job in jobs if journal.history.get(job.id)]
    new = [replace(job, submitter=me) for job in jobs if job not in known]
    return await journal.add(new), known, left


async def found_in(folder: Path, decoder: Decoder) -> tuple[list[Job], list[Left]]:
    """Return the jobs of all images, each once, and what is left out; raises OSError."""
    jobs: dict[str, Job] = {}
    left: list[Left] = []
    async for one in jobs_in(folder, decoder):
        if isinstance(one, Left):
            left.append(one)
        else:
            jobs[one.id] = together(jobs[one.id], one) if one.id in jobs else one
    return list(jobs.values()), left


async def jobs_in(folder: Path, decoder: Decoder) -> AsyncIterator[Job | Left]:
    """Yield a job for each image that tells how it was made; links are not followed.

    Several images of one job come as several jobs of the same id. Raises OSError when the folder
    can't be read.
    """
    for image in _images(folder):
        try:
            read = await asyncio.to_thread(_read, image)
            yield await _job(image, read, decoder)
        except OSError as error:
            yield Left(image, error.strerror or str(error))
        except (BadSidecarError, BadImageError, DecoderError) as error:
            yield Left(image, str(error))


async def _job(image: Path, read: _Read, decoder: Decoder) -> Job | Left:
    if read.sidecar is not None:
        job = job_of(read.sidecar, image)
        if job.files[0].sha256 != read.digest.hex():
            return Left(image, _("has changed since its sidecar was written"))
        return job
    prompt = foreign_prompt(read.texts)
    if prompt is None:
        return Left(image, _("nothing says how it was made"))
    return _foreign(image, prompt, await decoder.inspect(image), read)


def _read(image: Path) -> _Read:
    with open(image, "rb", opener=_cautious) as file:
        found = os.fstat(file.fileno())
        if not stat.S_ISREG(found.st_mode):
            raise BadSidecarError(_("is no file"))
        digest = hashlib.file_digest(file, "sha256").digest()
        file.seek(0)
        texts = png_texts(file)
    beside = sidecar_path(image)
    sidecar = None
    if beside.is_file():
        with open(beside, "rb", opener=_cautious) as file:
            sidecar = file.read(_MOST_SIDECAR)
    return _Read(digest, found.st_size, found.st_mtime, texts, sidecar)


def _foreign(image: Path, prompt: ForeignPrompt, decoded: Decoded, read: _Read) -> Job:
    saved = Saved(
        path=str(image),
        index=1,
        width=decoded.width,
        height=decoded.height,
        format=decoded.format,
        bytes=read.size,
        sha256=read.digest.hex(),
    )
    return Job(
        # By content alone, so that the same image is the same job wherever it lies.
        id=new_job_id(0, read.digest[:10]),
        request=Request(model=prompt.program, values={"prompt": prompt.prompt}),
        state=State.SAVED,
        created=read.modified,
        updated=read.modified,
        folder=str(image.parent),
        template=DEFAULT_TEMPLATE,
        files=(saved,),
    )


def _images(folder: Path) -> Iterator[Path]:
    os.listdir(folder)  # noqa: PTH208 - only to raise what walk would keep to itself
    for place, names, files in os.walk(folder):
        names[:] = sorted(name for name in names if not name.startswith("."))
        for name in sorted(files):
            path = Path(place, name)
            if path.suffix.lower() in _ENDINGS and not name.startswith("."):
                yield path


def _cautious(path: str, flags: int) -> int:
    return os.open(path, flags | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
