"""What a status and a body mean (the gateway's reference, and what upstreams do beyond it)."""

from collections.abc import Mapping

from tui.core.job import ErrorKind
from tui.core.language import english
from tui.core.text import one_line
from tui.services.gateway.answer import (
    message_of,
    read_json,
    results_of,
    retry_after,
    speaks_of_quota,
    task_id_of,
)
from tui.services.gateway.outcome import (
    Accepted,
    Ambiguous,
    Denied,
    Limited,
    Look,
    Missing,
    Progress,
    Refused,
    Submission,
    Trouble,
)

MOST_KEPT = 64 * 1024  # bytes of an answer worth keeping


def submission_of(status: int, headers: Mapping[str, str], raw: bytes, now: float) -> Submission:
    """Judge the whole answer to a submission; `now` in Unix seconds."""
    answer = read_json(raw)
    message = message_of(answer, raw)
    said = english(
        "the gateway answered {status}: {message}", status=status, message=message or "nothing more"
    )
    match status:
        case _ if 200 <= status < 300:
            task_id = task_id_of(answer, raw)
            if task_id:
                return Accepted(task_id)
            return Ambiguous(
                english("the gateway answered {status} without a task id", status=status),
                raw[:MOST_KEPT],
            )
        case 425 | 429 if not speaks_of_quota(message):
            return Limited(said, _wait(headers, now))
        case 503 if "retry-after" in headers:
            return Limited(said, _wait(headers, now))
        case _ if 300 <= status < 500 and status != 408:
            return _refusal(status, headers, said)
        case _:
            # Upstreams bill some of these: a 504 was charged where a 503 was not.
            return Ambiguous(said, raw[:MOST_KEPT])


def look_of(status: int, headers: Mapping[str, str], raw: bytes, task_id: str, now: float) -> Look:
    """Judge the whole answer to a question about a task; `now` in Unix seconds."""
    answer = read_json(raw)
    said = english(
        "the gateway answered {status}: {message_of}",
        status=status,
        message_of=message_of(answer, raw) or "nothing more",
    )
    match status:
        case 401 | 402 | 403:
            return Denied(_kind_of_denial(status), said)
        case 404 | 410:
            return Missing(said)
        case _ if not 200 <= status < 300:
            return Trouble(said, _wait(headers, now))
    if not isinstance(answer, dict) or not isinstance(answer.get("status"), str):
        return Trouble(english("the gateway's answer can't be read: {said}", said=said))
    if str(answer.get("task_id", task_id)) != task_id:
        return Trouble(english("the gateway answered for another task"))
    word = answer["status"].strip().casefold()
    # Only a failure has something to say; of any other answer it would be the JSON itself.
    reason = message_of(answer, b"") if word == "failed" else ""
    results = results_of(answer)
    odd = raw[:MOST_KEPT] if word == "succeeded" and not results else b""
    return Progress(word, results, reason, odd)


def _refusal(status: int, headers: Mapping[str, str], said: str) -> Refused:
    match status:
        case 401 | 402 | 403 | 425 | 429:
            return Refused(_kind_of_denial(status), said, pauses=True)
        case _ if status < 400:
            place = one_line(headers.get("location", "").split("?")[0], 100) or english(
                "another place"
            )
            reason = english("the gateway redirects to {place}; check the base URL", place=place)
            return Refused(ErrorKind.REFUSED, reason, pauses=True)
        case _:
            return Refused(ErrorKind.REFUSED, said)


def _kind_of_denial(status: int) -> ErrorKind:
    return ErrorKind.AUTH if status in {401, 403} else ErrorKind.QUOTA


def _wait(headers: Mapping[str, str], now: float) -> float | None:
    return retry_after(headers.get("retry-after"), headers.get("retry-after-ms"), now)
