"""No secret reaches the log, and the log disturbs nobody."""

import base64
import json
import logging
import stat
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.services import log
from tui.services.crash import install_crash_report
from tui.services.log import hide, is_logging, redact, start_log
from tui.services.places import Places


@pytest.fixture(autouse=True)
def _no_other_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log, "_secrets", set())


CANARY = 'sk-CANARY/"+%~\\7f3a'


@pytest.fixture
def places(tmp_path: Path) -> Iterator[Places]:
    root = logging.getLogger()
    level, handlers = root.level, list(root.handlers)
    hooks = sys.excepthook, threading.excepthook
    yield Places(config=tmp_path, data=tmp_path, state=tmp_path / "state", images=tmp_path)
    sys.excepthook, threading.excepthook = hooks
    root.setLevel(level)
    for handler in set(root.handlers) - set(handlers):
        root.removeHandler(handler)
        handler.close()


def test_every_form_of_a_secret_is_taken_out() -> None:
    hide(CANARY)
    wrapped = [f"{'x' * n}{CANARY}{'y' * n}".encode() for n in range(4)]
    texts = [
        CANARY,
        repr({"X-API-Key": CANARY}),
        json.dumps({"key": CANARY}),
        quote(CANARY),
        quote(CANARY, safe=""),
        *(base64.b64encode(one).decode() for one in wrapped),
        *(base64.urlsafe_b64encode(one).decode() for one in wrapped),
    ]
    for text in texts:
        assert "***" in redact(text), text
        assert "CANARY" not in redact(text)
        assert base64.b64encode(b"CANARY").decode()[:6] not in redact(text)


@given(st.binary(max_size=9), st.binary(max_size=9))
def test_base64_at_any_offset(before: bytes, after: bytes) -> None:
    hide("sk-OFFSET-0123456789")
    encoded = base64.b64encode(before + b"sk-OFFSET-0123456789" + after).decode()
    assert "***" in redact(encoded)


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("GET https://cdn.x/a/b.png?X-Sig=abc%2F&e=1 200", "GET https://cdn.x/a/b.png?*** 200"),
        ("URL('https://cdn.x?sig=abc')", "URL('https://cdn.x?***')"),
        ("https://user:pw@host:8/a", "https://***@host:8/a"),
        ("is that all? yes", "is that all? yes"),
        ("what ?", "what ?"),
    ],
)
def test_urls_lose_query_and_user(text: str, kept: str) -> None:
    assert redact(text) == kept


def test_short_secrets_do_not_shred_words() -> None:
    hide("demo")
    assert redact("a demo") == "a demo"


def test_the_log_holds_messages_arguments_and_tracebacks_without_the_key(
    places: Places, capfd: pytest.CaptureFixture[str]
) -> None:
    hide(CANARY)
    start_log(places)
    start_log(places)
    try:
        raise ValueError(CANARY)  # noqa: TRY301 - the traceback is what is tested
    except ValueError:
        logging.getLogger("tui.test").exception("with %s at https://h/x?sig=1\x1b[2J", CANARY)
    logging.getLogger("httpx").info("HTTP Request: GET https://h/x")
    text = places.log_file.read_text()
    assert text.count("with *** at https://h/x?***") == 1
    assert "ValueError: ***" in text
    assert "\x1b" not in text
    assert "HTTP Request" not in text
    assert stat.S_IMODE(places.log_file.stat().st_mode) == 0o600
    assert capfd.readouterr() == ("", "")


def test_the_log_rotates(places: Places) -> None:
    start_log(places)
    for _ in range(80):
        logging.getLogger("tui.test").info("x" * 100_000)
    files = list(places.state.iterdir())
    assert len(files) == 3
    assert all(one.stat().st_size < 2.2 * 1024**2 for one in files)
    assert {stat.S_IMODE(one.stat().st_mode) for one in files} == {0o600}


def test_a_log_that_cannot_be_written_is_silent(
    places: Places, capfd: pytest.CaptureFixture[str]
) -> None:
    places.state.mkdir()
    places.log_file.symlink_to(places.state / "elsewhere")
    start_log(places)
    logging.getLogger("tui.test").error("lost")
    assert not (places.state / "elsewhere").exists()
    assert capfd.readouterr() == ("", "")


def test_a_full_disk_is_silent(places: Places, capfd: pytest.CaptureFixture[str]) -> None:
    if not Path("/dev/full").exists():
        pytest.skip("/dev/full is Linux's")
    start_log(places)
    [handler] = [one for one in logging.getLogger().handlers if type(one).__name__ == "_Quiet"]
    assert isinstance(handler, logging.FileHandler)
    handler.acquire()
    handler.stream = Path("/dev/full").open("w")  # noqa: SIM115 - the handler closes it
    handler.release()
    logging.getLogger("tui.test").error("lost")
    with pytest.raises(OSError, match="No space"):
        handler.stream.close()
    handler.stream = None
    assert capfd.readouterr() == ("", "")


def test_without_a_folder_nothing_is_logged(
    places: Places, capfd: pytest.CaptureFixture[str]
) -> None:
    places.state.write_text("a file is in the way")
    before = list(logging.getLogger().handlers)
    for handler in before:
        logging.getLogger().removeHandler(handler)
    start_log(places)
    logging.getLogger("tui.test").error("lost")
    for handler in before:
        logging.getLogger().addHandler(handler)
    assert not is_logging()
    assert capfd.readouterr() == ("", "")


def crash() -> None:
    local = CANARY
    raise RuntimeError(f"refused {local}")


def test_a_crash_is_reported_shortly_and_wholly_in_the_log(
    places: Places, capsys: pytest.CaptureFixture[str]
) -> None:
    hide(CANARY)
    start_log(places)
    install_crash_report(places.log_file)
    try:
        crash()
    except RuntimeError as error:
        sys.excepthook(type(error), error, error.__traceback__)
    said = capsys.readouterr().err
    assert "An error in imagedeck itself: RuntimeError: refused ***" in said
    assert "test_log.py" in said
    assert "in crash" in said
    assert str(places.log_file) in said
    assert len(said.splitlines()) == 3
    text = places.log_file.read_text()
    assert "RuntimeError: refused ***" in text
    assert "CANARY" not in text + said


def test_a_crash_without_a_log_tells_everything_but_secrets(
    places: Places, capsys: pytest.CaptureFixture[str]
) -> None:
    hide(CANARY)
    install_crash_report(places.log_file)
    thread = threading.Thread(target=crash)
    thread.start()
    thread.join()
    said = capsys.readouterr().err
    assert "Traceback" in said
    assert "refused ***" in said
    assert "CANARY" not in said


def test_what_is_no_crash_is_not_reported(
    places: Places, capsys: pytest.CaptureFixture[str]
) -> None:
    install_crash_report(places.log_file)
    sys.excepthook(KeyboardInterrupt, KeyboardInterrupt(), None)
    thread = threading.Thread(target=sys.exit)
    thread.start()
    thread.join()
    assert capsys.readouterr().err == ""


def test_a_crash_with_stderr_gone_ends_quietly(
    places: Places, monkeypatch: pytest.MonkeyPatch
) -> None:
    install_crash_report(places.log_file)
    stream = Path("/dev/null").open("w")  # noqa: SIM115 - closed on the next line
    stream.close()
    monkeypatch.setattr(sys, "stderr", stream)
    sys.excepthook(ValueError, ValueError("x"), None)
