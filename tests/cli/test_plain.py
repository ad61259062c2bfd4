"""The line mode, as somebody types it and hears it read out."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Run = Callable[..., Any]


@pytest.fixture
def talk(run_process: Run) -> Run:
    """Type lines into the demo's line mode; return what was said."""

    def type_lines(*lines: str) -> Any:
        return run_process("--plain", "--demo", given="".join(f"{line}\n" for line in lines))

    return type_lines


def test_an_image_is_made_and_found_again_by_words_alone(talk: Run, home: Path) -> None:
    ran = talk("model gpt", "set quality low", "generate a lighthouse", "wait", "jobs", "show")
    assert ran.code == 0
    assert "GPT-Image-2" in ran.out
    assert "Estimated price: $0.006" in ran.out
    assert "saved. Prompt: a lighthouse" in ran.out
    assert "1 of 1 images, a lighthouse" in ran.out
    assert "state: saved" in ran.out
    assert "\x1b" not in ran.out
    (path,) = (home / "Pictures/imagedeck/demo").glob("*.png")
    assert f"Image 1: {path}" in ran.out


def test_what_is_wrong_is_said_and_nothing_is_sent(talk: Run) -> None:
    ran = talk(
        "generat a lighthouse",
        "a lighthouse",
        "model nothing",
        "set quality high",
        "model gpt",
        "set quality lowest",
        "image nowhere.png",
        "generate",
        "show",
        "stop 123",
        "resolve 1 abandon",
        "jobs",
    )
    assert ran.code == 0
    assert "Did you mean generate?" in ran.out
    assert "There is no verb 'a'." in ran.out
    assert "has no field 'quality'" in ran.out
    assert "low, medium, high" in ran.out or "low" in ran.out
    assert "takes no references" in ran.out
    assert "Nothing was sent." in ran.out
    assert "There is no job 123" in ran.out
    assert ran.out.rstrip().endswith("There are no jobs yet.\nimagedeck>")


def test_paying_twice_needs_a_yes(talk: Run) -> None:
    ran = talk("model gpt", "generate x", "generate x", "no", "wait", "retry", "no", "jobs")
    assert ran.out.count("It is paid for twice.") == 1
    assert "Make others, and pay for them?" in ran.out
    assert ran.out.count("queued.") == 1


def test_it_begins_where_it_was_left(talk: Run) -> None:
    talk("model gpt", "set size 1024x1536", "prompt a storm")
    ran = talk("request", "generate", "wait", "remix", "retry", "yes", "wait", "jobs storm")
    assert "Prompt: a storm" in ran.out
    assert "size: 1024x1536" in ran.out
    assert ran.out.count("1 of 1 images, a storm") == 2


def test_help_names_every_verb_once(talk: Run) -> None:
    lines = talk("help", "quit", "jobs").out.splitlines()
    for word in ("generate", "model", "set", "jobs", "show", "remix", "retry", "use", "resolve"):
        assert sum(line.removeprefix("imagedeck> ").startswith(f"{word} ") for line in lines) == 1
    assert not any("no jobs" in line for line in lines)  # quit is the end


def test_without_a_key_it_says_so(run_process: Run) -> None:
    ran = run_process("--plain", given="quit\n")
    assert ran.code == 3
    assert "imagedeck key set" in ran.err
