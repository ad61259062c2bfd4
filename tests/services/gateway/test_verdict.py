import httpx
import pytest

from tui.core.job import ErrorKind, Result
from tui.services.gateway.outcome import (
    Accepted,
    Ambiguous,
    Denied,
    Limited,
    Missing,
    Progress,
    Refused,
    Trouble,
)
from tui.services.gateway.verdict import look_of, submission_of

ID = b'{"task_id": "t1", "model": "m"}'


def judge(status: int, raw: bytes = b"", **headers: str) -> object:
    named = httpx.Headers({name.replace("_", "-"): value for name, value in headers.items()})
    return submission_of(status, named, raw, now=0.0)


@pytest.mark.parametrize("status", [200, 201, 202])
def test_a_task_id_is_an_acceptance(status: int) -> None:
    assert judge(status, ID) == Accepted("t1")


@pytest.mark.parametrize("raw", [b"", b"<html>", b"{}", b'{"error": "x"}', b'{"task_id": ""}'])
def test_success_without_an_id_may_have_been_billed(raw: bytes) -> None:
    outcome = judge(200, raw)
    assert isinstance(outcome, Ambiguous)
    assert outcome.answer == raw


@pytest.mark.parametrize("status", [204, 408, 500, 502, 503, 504, 520, 524, 527, 530])
def test_what_may_have_been_accepted_is_ambiguous(status: int) -> None:
    assert isinstance(judge(status), Ambiguous)


@pytest.mark.parametrize("status", [400, 404, 405, 409, 410, 413, 414, 415, 422, 431, 451])
def test_a_definite_no_is_a_refusal_of_this_request_alone(status: int) -> None:
    outcome = judge(status, b'{"error": {"message": "bad size"}}')
    assert outcome == Refused(
        ErrorKind.REFUSED, f"the gateway answered {status}: bad size", pauses=False
    )


@pytest.mark.parametrize(
    ("status", "kind"), [(401, ErrorKind.AUTH), (403, ErrorKind.AUTH), (402, ErrorKind.QUOTA)]
)
def test_a_refused_key_pauses_everything(status: int, kind: ErrorKind) -> None:
    outcome = judge(status)
    assert isinstance(outcome, Refused)
    assert (outcome.kind, outcome.pauses) == (kind, True)


@pytest.mark.parametrize("status", [425, 429])
def test_too_fast_is_not_accepted(status: int) -> None:
    outcome = judge(status, b"", retry_after="7")
    assert isinstance(outcome, Limited)
    assert outcome.wait == 7.0


def test_too_fast_that_speaks_of_money_is_a_quota() -> None:
    outcome = judge(429, '{"error": "insufficient_quota: 余额不足"}'.encode())
    assert isinstance(outcome, Refused)
    assert (outcome.kind, outcome.pauses) == (ErrorKind.QUOTA, True)


def test_busy_with_retry_after_is_not_accepted() -> None:
    outcome = judge(503, b"", retry_after="2")
    assert isinstance(outcome, Limited)
    assert outcome.wait == 2.0


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_redirect_is_refused_and_shown_without_its_secrets(status: int) -> None:
    outcome = judge(status, b"", location="https://evil.example/x\x1b[31m?key=s3cret")
    assert isinstance(outcome, Refused)
    assert outcome.pauses
    assert "evil.example" in outcome.message
    assert "s3cret" not in outcome.message
    assert "\x1b" not in outcome.message


def look(status: int, raw: bytes, **headers: str) -> object:
    return look_of(status, httpx.Headers(headers), raw, "t1", now=0.0)


def test_a_task_in_progress_and_at_its_end() -> None:
    assert look(200, b'{"task_id": "t1", "status": "PENDING "}') == Progress("pending")
    done = (
        b'{"task_id": "t1", "status": "succeeded", "result": {"images": [{"url": "https://x/1"}]}}'
    )
    assert look(200, done) == Progress("succeeded", (Result(url="https://x/1"),))
    failed = b'{"status": "failed", "error": {"message": "policy"}}'
    assert look(200, failed) == Progress("failed", (), "policy")
    assert look(200, b'{"status": "Queued at upstream"}') == Progress("queued at upstream")


@pytest.mark.parametrize(
    "raw", [b"", b"<html>", b"[]", b"{}", b'{"status": null}', b'{"status": 3}', b"[" * 99_999]
)
def test_an_unreadable_answer_says_nothing_about_the_task(raw: bytes) -> None:
    assert isinstance(look(200, raw), Trouble)


def test_an_answer_for_another_task_is_not_taken() -> None:
    assert isinstance(look(200, b'{"task_id": "t2", "status": "failed"}'), Trouble)


@pytest.mark.parametrize("status", [408, 429, 500, 502, 503, 504, 301])
def test_trouble_keeps_what_the_gateway_asks_for(status: int) -> None:
    outcome = look_of(status, httpx.Headers({"retry-after": "9"}), b"", "t1", now=0.0)
    assert isinstance(outcome, Trouble)
    assert outcome.wait == 9.0


def test_missing_and_denied() -> None:
    assert isinstance(look(404, b""), Missing)
    assert isinstance(look(410, b""), Missing)
    assert isinstance(look(401, b""), Denied)
    denied = look(402, b"")
    assert isinstance(denied, Denied)
    assert denied.kind is ErrorKind.QUOTA
