"""Pausing and going on, from one process to the others."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

Run = Callable[..., Any]


def until(process: Any, text: str) -> str:
    said = ""
    while text not in said:
        line = process.stderr.readline()
        assert line, said
        said += line
    return said


def test_a_running_batch_waits_while_it_is_paused_and_loses_nothing(
    deck: Run, start_process: Run, at_gateway: Run
) -> None:
    gateway = at_gateway()
    paused = deck("pause", "--json")
    assert paused.objects == [{"paused": True, "groups": []}]
    assert "`imagedeck pause --off` lets them go on" in paused.err
    Path("boats.txt").write_text("a red boat\na blue boat\n")
    process = start_process("batch", "boats.txt", "-m", "gemini")
    until(process, "Submissions are paused; `imagedeck pause --off` lets them go on. Waiting.")
    assert not gateway.ledger().entries
    # Others neither send nor fail: they wait, too.
    assert deck("generate", "gemini", "a boat", "--timeout", "1s").code == 8
    assert not gateway.ledger().entries
    assert deck("pause", "--off").err == "Submissions go on.\n"
    assert "Submissions go on." in until(process, "Submissions go on.")
    out, _ = process.communicate(timeout=60)
    assert (process.returncode, len(out.splitlines())) == (0, 2)
    assert deck("resume").code == 0
    assert len(gateway.ledger().accepted) == 3


def test_one_batch_is_paused_by_its_name(deck: Run, at_gateway: Run) -> None:
    gateway = at_gateway("poll:failed*1")
    Path("boats.txt").write_text("a boat\n")
    deck("batch", "boats.txt", "-m", "gemini")
    (job,) = deck("jobs", "--json").objects
    group = next(line.split()[1] for line in deck("show", job["job"]).lines if "group" in line)
    assert "There is no group nothing" in deck("pause", "--group", "nothing").err
    assert f"--group {group} --off` lets them go on" in deck("pause", "--group", group).err
    assert deck("generate", "gemini", "a single boat").code == 0
    ran = deck("batch", "boats.txt", "-m", "gemini", "--retry-failed", "--timeout", "1s")
    assert ran.code == 8
    assert f"Submissions of {group} are paused; `imagedeck pause --group {group} --off`" in ran.err
    assert deck("pause", "--group", group, "--off").code == 0
    assert deck("batch", "boats.txt", "-m", "gemini").code == 0
    assert len(gateway.ledger().accepted) == 3


def test_no_more_jobs_are_with_the_gateway_than_was_said(deck: Run, at_gateway: Run) -> None:
    gateway = at_gateway("poll:status=thinking")
    args = ("generate", "gemini", "a boat", "--count", "5", "--in-flight", "2", "--timeout", "2s")
    assert deck(*args).code == 8
    assert len(gateway.ledger().accepted) == 2
    gateway.play()
    assert deck("resume").code == 0
    assert len(gateway.ledger().accepted) == 5
