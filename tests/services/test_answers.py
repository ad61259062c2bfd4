"""Answers that may be paid for, on disk for their owner alone."""

import stat
from pathlib import Path

import pytest

from tui.services.answers import Answers
from tui.services.keys import Key

JOB = "0" * 31 + "1"


def test_an_answer_is_kept_without_the_key(tmp_path: Path) -> None:
    key = Key("sk-repeated-0123456789")
    answer = b'{"url": "https://a.example/1?sig=2", "you": "%b"} \xff\xfe' % key.reveal().encode()
    told = Answers(tmp_path / "answers").keep(JOB, answer)
    (file,) = (tmp_path / "answers").iterdir()
    assert told == f"The gateway's answer is kept as {file}."
    assert file.read_bytes() == b'{"url": "https://a.example/1?sig=2", "you": "***"} \xff\xfe'
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700


def test_the_newest_answer_of_a_job_counts(tmp_path: Path) -> None:
    answers = Answers(tmp_path)
    answers.keep(JOB, b"first")
    answers.keep(JOB, b"second")
    assert [file.read_bytes() for file in tmp_path.iterdir()] == [b"second"]


def test_nothing_is_no_answer(tmp_path: Path) -> None:
    assert Answers(tmp_path / "answers").keep(JOB, b"") is None
    assert not (tmp_path / "answers").exists()


def test_no_room_is_in_the_log_and_stops_nothing(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "answers").write_text("a file")
    assert Answers(tmp_path / "answers").keep(JOB, b"x") is None
    assert "was not kept" in caplog.text
