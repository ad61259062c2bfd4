"""The JSON file beside an image, with everything needed to make it again."""

import json
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from tui import __version__
from tui.core.job import Job, Saved
from tui.core.language import english
from tui.core.request import Request
from tui.models import find_model
from tui.services.files import link, part_of, private, sync_folder


def sidecar_name(image: str) -> str:
    """Return the name, or the place, of an image's sidecar: the image's whole one with `.json`.

    The whole one, because `a.png` and `a.jpg` may stand side by side.
    """
    return f"{image}.json"


def sidecar_path(image: Path) -> Path:
    """Return where an image's sidecar is."""
    return image.with_name(sidecar_name(image.name))


def sidecar_of(job: Job, saved: Saved, now: float) -> bytes:
    """Return what stands in an image's sidecar."""
    text = json.dumps(_record(job, saved, now), indent=2, sort_keys=True, ensure_ascii=True)
    return text.encode() + b"\n"


def write_sidecar(job: Job, saved: Saved, now: float) -> str | None:
    """Write it completely or not at all; return a note when it is not there afterwards.

    One that a run cut off after writing it has left is kept.
    """
    image = Path(saved.path)
    path = sidecar_path(image)
    try:
        part = part_of(image.parent, job, saved.index, job.fence)
        try:
            with open(part, "xb", opener=private) as file:
                file.write(sidecar_of(job, saved, now))
                file.flush()
                os.fsync(file.fileno())
            link(part, path)
            sync_folder(image.parent)
        finally:
            part.unlink(missing_ok=True)
    except FileExistsError:
        return None if _is_about(path, saved) else taken(path.name)
    except OSError as error:
        return english("no sidecar: {strerror}", strerror=error.strerror or error)
    return None


def taken(name: str) -> str:
    """Return the note on a sidecar whose name something else has."""
    return english("no sidecar: {name} exists already", name=name)


def is_about(data: bytes, saved: Saved) -> bool:
    """Whether a sidecar's content is about this image."""
    try:
        record = json.loads(data)
    except ValueError:
        return False
    return isinstance(record, dict) and record.get("sha256") == saved.sha256


def _record(job: Job, saved: Saved, now: float) -> dict[str, Any]:
    times = {"created": job.created, "submitted": job.submitted, "started": job.started}
    return {
        "imagedeck": __version__,
        "job": job.id,
        "index": saved.index,
        "group": job.group,
        "follows": job.follows,
        "model": job.request.model,
        "task_id": job.task_id,
        "request": _without_secrets(job.request),
        "times": {name: _rfc3339(at) for name, at in {**times, "saved": now}.items()},
        "asked": _asked(job.request),
        "file": Path(saved.path).name,
        "width": saved.width,
        "height": saved.height,
        "format": saved.format,
        "bytes": saved.bytes,
        "sha256": saved.sha256,
        "notes": list(saved.notes),
        "c2pa": saved.has_c2pa,
    }


def _without_secrets(request: Request) -> dict[str, Any]:
    record = request.as_json()
    for reference in record["references"]:
        if "url" in reference:
            parts = urlsplit(reference["url"])
            # What follows the path is where signatures are.
            reference["url"] = parts._replace(query="", fragment="").geturl()
    return record


def _asked(request: Request) -> dict[str, int] | None:
    try:
        size = find_model(request.model).pixels(request.values)
    except LookupError:  # a model, or a value, of another version of imagedeck
        return None
    return {"width": size.width, "height": size.height} if size else None


def _rfc3339(seconds: float | None) -> str | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC).isoformat()


def _is_about(path: Path, saved: Saved) -> bool:
    try:
        return not path.is_symlink() and is_about(path.read_bytes(), saved)
    except OSError:
        return False
