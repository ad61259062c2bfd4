"""Sidecars read back as jobs."""

import json
import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

from tui.core.job import Job, Saved, State
from tui.core.language import _
from tui.core.naming import DEFAULT_TEMPLATE
from tui.core.request import Reference, Request

_ID = re.compile("[0-9a-f]{32}")
_SHA256 = re.compile("[0-9a-f]{64}")
_PARTS = {"name", "url", "sha256", "media_type", "bytes", "width", "height"}


class BadSidecarError(ValueError):
    """A file that is no sidecar of ours, or one that can't be believed; the message says why."""


def job_of(data: bytes, image: Path) -> Job:
    """Make a job with one image of a sidecar; raises BadSidecarError.

    It may come from anybody: only what has the right type is taken over, and nothing of it is
    ever looked up elsewhere.
    """
    try:
        record = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise BadSidecarError(_("is no JSON")) from error
    if not isinstance(record, dict) or "imagedeck" not in record:
        raise BadSidecarError(_("is no sidecar of imagedeck"))
    try:
        return _job(record, image)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise BadSidecarError(
            _("lacks something, or holds what it can't: {error}", error=error)
        ) from error


def together(one: Job, other: Job) -> Job:
    """Put two images of the same job together."""
    files = {saved.index: saved for saved in (*one.files, *other.files)}
    return replace(one, files=tuple(files[index] for index in sorted(files)))


def _job(record: Mapping[str, Any], image: Path) -> Job:
    times = record["times"]
    created = _unix(times["created"])
    if created is None:
        raise ValueError("created")
    return Job(
        id=_matching(_ID, record["job"]),
        request=_request(record["request"]),
        state=State.SAVED,
        created=created,
        updated=_unix(times["saved"]) or created,
        folder=str(image.parent),
        template=DEFAULT_TEMPLATE,
        group=_typed(str, record.get("group")),
        task_id=_typed(str, record.get("task_id")),
        submitted=_unix(times.get("submitted")),
        started=_unix(times.get("started")),
        finished=_unix(times["saved"]),
        files=(_saved(record, image),),
        follows=_typed(str, record.get("follows")),
    )


def _request(record: Mapping[str, Any]) -> Request:
    values = record["values"]
    if not isinstance(values["prompt"], str):
        raise TypeError("prompt")
    for name, value in values.items():
        if isinstance(value, bool) or not isinstance(value, str | int):
            raise TypeError(name)
    references = tuple(
        Reference(**{name: part for name, part in one.items() if name in _PARTS})
        for one in record.get("references", [])
    )
    return Request(model=_needed(str, record["model"]), values=values, references=references)


def _saved(record: Mapping[str, Any], image: Path) -> Saved:
    return Saved(
        path=str(image),
        index=_needed(int, record["index"]),
        width=_needed(int, record["width"]),
        height=_needed(int, record["height"]),
        format=_needed(str, record["format"]),
        bytes=_needed(int, record["bytes"]),
        sha256=_matching(_SHA256, record["sha256"]),
        notes=tuple(str(one) for one in record.get("notes", [])),
    )


def _needed(kind: type, value: Any) -> Any:
    if not isinstance(value, kind) or isinstance(value, bool):
        raise TypeError(f"{value!r:.60}")
    return value


def _typed(kind: type, value: Any) -> Any:
    return None if value is None else _needed(kind, value)


def _matching(pattern: re.Pattern[str], value: Any) -> str:
    if not isinstance(value, str) or not pattern.fullmatch(value):
        raise ValueError(f"{value!r:.60}")
    return value


def _unix(text: Any) -> float | None:
    return None if text is None else datetime.fromisoformat(text).timestamp()
