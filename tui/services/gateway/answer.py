"""Reading the gateway's answers: tolerant of shape, strict about size."""

import json
import math
import re
import zlib
from collections.abc import Iterator, Mapping
from datetime import UTC
from email.utils import parsedate_to_datetime
from typing import Any, NoReturn

from tui.core.job import Result
from tui.core.language import english
from tui.core.text import one_line
from tui.services.log import redact

MOST_MESSAGE = 500
_LONGEST_WAIT = 300.0
# Values in one answer. Images make answers long, not full: `{},` takes three bytes to send and
# 72 to hold, two gigabytes in the largest answer that is read.
_MOST_VALUES = 500_000
_PIECE = 1024**2
_TASK_ID = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9_:~-]|\.(?!\.)){0,199}")
_SALVAGE = re.compile(rb'"task_id"\s*:\s*"([^"\\]{1,200})"')
_IMAGE_LISTS = (("result", "images"), ("images",), ("result", "data"), ("data",), ("output",))
_URL_NAMES = ("url", "image_url", "uri")
_BYTES_NAMES = ("b64_json", "base64", "b64")
_QUOTA = re.compile(r"(?i)quota|insufficient|balance|credit|billing|payment|余额|额度|欠费")


def read_json(raw: bytes) -> Any:
    """Parse an answer; None when it is no JSON, or holds more values than memory is spent on."""
    if sum(raw.count(mark) for mark in (b",", b"[", b"{")) > _MOST_VALUES:
        return None
    try:
        return json.loads(raw.decode("utf-8-sig"), parse_constant=_refuse)
    except (ValueError, RecursionError):
        return None


def inflate(raw: bytes, encoding: str, most: int) -> bytes | None:
    """Undo gzip or deflate up to `most` bytes; None for anything else, or more than that.

    We ask for identity; a proxy that compresses all the same must not cost a task id.
    """
    if encoding in {"", "identity"}:
        return raw
    # Piece by piece: in one go zlib holds it all twice.
    unpacking, plain = zlib.decompressobj(wbits=47), bytearray()
    try:
        while len(plain) <= most and (piece := unpacking.decompress(raw, _PIECE)):
            plain += piece
            raw = unpacking.unconsumed_tail
    except zlib.error:
        return None
    return bytes(plain) if len(plain) <= most else None


def task_id_of(answer: Any, raw: bytes) -> str | None:
    """Return the usable task id of an answer, salvaged from its bytes if it can't be parsed."""
    found = answer.get("task_id") if isinstance(answer, dict) else None
    if found is None and answer is None:
        salvaged = _SALVAGE.search(raw)
        found = salvaged[1].decode("ascii", "replace") if salvaged else None
    if isinstance(found, int) and not isinstance(found, bool):
        found = str(found)
    return found if isinstance(found, str) and is_task_id(found) else None


def is_task_id(text: str) -> bool:
    """Whether a text can be a task id, and be put into a path as it is."""
    return bool(_TASK_ID.fullmatch(text))


def message_of(answer: Any, raw: bytes) -> str:
    """Return what the gateway says went wrong, as one clean line.

    Some repeat the key they were sent: it is taken out before anything is cut off or kept.
    """
    for found in _messages(answer):
        text = found if isinstance(found, str) else json.dumps(found, ensure_ascii=False)
        if text.strip():
            return one_line(redact(text), MOST_MESSAGE)
    return one_line(redact(raw[: 4 * MOST_MESSAGE].decode("utf-8", "replace")), MOST_MESSAGE)


def speaks_of_quota(message: str) -> bool:
    """Whether a refusal is about money rather than about speed."""
    return bool(_QUOTA.search(message))


def results_of(answer: Mapping[str, Any]) -> tuple[Result, ...]:
    """Return the images an answer offers, wherever upstreams are known to put them."""
    for path in _IMAGE_LISTS:
        found: Any = answer
        for name in path:
            found = found.get(name) if isinstance(found, dict) else None
        if isinstance(found, list) and found:
            return tuple(result for one in found if (result := _result(one)))
    return ()


def retry_after(value: str | None, milliseconds: str | None, now: float) -> float | None:
    """Read Retry-After (seconds or HTTP date) or retry-after-ms; seconds from 0 to 300, or None."""
    for text, scale in ((milliseconds, 0.001), (value, 1.0)):
        if text is None:
            continue
        try:
            wait = float(text) * scale
        except ValueError:
            wait = _until(text, now)
        if not math.isnan(wait):
            return min(max(wait, 0.0), _LONGEST_WAIT)
    return None


def _until(date: str, now: float) -> float:
    try:
        moment = parsedate_to_datetime(date)
    except (ValueError, OverflowError):
        return float("nan")
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp() - now


def _messages(answer: Any) -> Iterator[Any]:
    if not isinstance(answer, dict):
        return
    error = answer.get("error")
    yield (error.get("message") or error) if isinstance(error, dict) else error or ""
    yield answer.get("message") or ""
    yield answer.get("detail") or ""
    result = answer.get("result")
    yield (result.get("error") or "") if isinstance(result, dict) else ""


def _result(one: Any) -> Result | None:
    if isinstance(one, str):
        return Result(url=one) if one.startswith(("http:", "https:", "data:")) else None
    if not isinstance(one, dict):
        return None
    for name in _URL_NAMES:
        url = one.get(name)
        url = url.get("url") if isinstance(url, dict) else url
        if isinstance(url, str) and url:
            return Result(url=url)
    for name in _BYTES_NAMES:
        if isinstance(one.get(name), str) and one[name]:
            return Result(base64=one[name])
    return None


def _refuse(constant: str) -> NoReturn:
    raise ValueError(english("{constant} is not JSON", constant=constant))
