import io
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from tui.models import MODELS

Deck = Callable[..., Any]


def test_help_shows_exactly_a_models_fields_choices_and_bounds(deck: Deck) -> None:
    shown = deck("generate", "gemini-pro", "--help").out
    assert "--size [0.5K|1K|2K|4K]" in shown
    assert "--aspect-ratio [1:1|3:2|2:3|3:4|4:3|16:9|9:16]" in shown
    assert "--quality" not in shown
    assert "[0–100]" in deck("generate", "gpt", "--help").out
    assert "--image FILE|URL" in deck("generate", "seedream", "--help").out


def test_help_of_the_group_lists_every_model_and_alias(deck: Deck) -> None:
    ran = deck("generate", "--help")
    assert ran.code == 0
    for model in MODELS:
        assert ", ".join(model.names) in ran.out


def test_all_faults_come_at_once_and_nothing_is_made(deck: Deck, home: Path) -> None:
    ran = deck(
        *("generate", "gpt", "  ", "--size", "huge", "--quality", "hihg", "--n", "0"),
        *("--output-compression", "101", "--aspect-ratio", "16:9", "--image", "x.png"),
        *("--count", "none"),
    )
    assert (ran.code, ran.out) == (2, "")
    fields = [line.split(":")[0] for line in ran.err.splitlines()]
    assert sorted(fields) == sorted(
        ["aspect_ratio", "image", "prompt", "size", "quality", "n", "output_compression", "count"]
    )
    assert "quality: 'hihg': must be one of low, medium, high (nearest: high)" in ran.err
    assert not list(home.rglob("imagedeck.db"))


def test_field_and_reference_faults_come_together(deck: Deck) -> None:
    Path("notes.txt").write_text("no image")
    ran = deck(
        *("generate", "seedream", "a cat", "--size", "1024x1024"),
        *("--image", "notes.txt", "--image", "gone.png"),
    )
    assert ran.code == 2
    assert "size: '1024x1024': must have at least 3,686,400 pixels" in ran.err
    assert "notes.txt" in ran.err
    assert "gone.png" in ran.err


def test_a_reference_for_a_model_that_takes_none_is_named_as_it_was_given(deck: Deck) -> None:
    ran = deck("generate", "gpt", "a cat", "--image", "cat.png")
    assert ran.code == 2
    assert ran.err.startswith("image: 'cat.png': gpt-image-2 has no such field")


def test_warnings_do_not_stop(deck: Deck) -> None:
    ran = deck("generate", "gpt", "a cat", "--size", "1920x1080", "--dry-run")
    assert ran.code == 0
    assert ran.err.startswith("warning: size: '1920x1080'")
    assert "(nearest: 1920x1088)" in ran.err


def test_an_unknown_model_names_the_nearest(deck: Deck) -> None:
    ran = deck("generate", "seedrem", "a cat", "--json")
    assert ran.code == 2
    assert "Did you mean 'seedream'?" in ran.err
    (refused,) = ran.objects
    assert (refused["job"], refused["model"], refused["state"]) == (None, "seedrem", None)
    assert refused["error"]["kind"] == "invalid"
    assert refused["time"].endswith("Z")


def test_several_words_need_quotes(deck: Deck) -> None:
    ran = deck("generate", "gpt", "a", "cat")
    assert ran.code == 2
    assert "put the whole prompt in quotes: 2 words were given" in ran.err


def test_an_option_that_does_not_exist_is_refused(deck: Deck) -> None:
    ran = deck("generate", "gpt", "a cat", "--sise", "1024x1024")
    assert ran.code == 2
    assert "--size" in ran.err
    assert "hyphen" not in ran.err


def test_a_prompt_that_begins_with_a_hyphen_goes_behind_two(deck: Deck) -> None:
    ran = deck("generate", "gpt", "- a list of cats", "--dry-run")
    assert ran.code == 2
    assert "A prompt that begins with a hyphen goes last, behind --" in ran.err
    assert deck("generate", "gpt", "--dry-run", "--", "- a list of cats").code == 0


@pytest.mark.parametrize("before", [True, False])
def test_common_flags_work_before_and_after_the_command(deck: Deck, before: bool) -> None:
    flags = ("--json", "--base-url", "https://one.example")
    command = ("generate", "gpt", "a cat", "--dry-run")
    ran = deck(*flags, *command) if before else deck(*command, *flags)
    assert ran.objects[0]["request"]["url"].startswith("https://one.example/v2/")


def test_a_dry_run_prints_the_exact_request_without_a_key(deck: Deck, home: Path) -> None:
    ran = deck(
        *("generate", "gemini", "一座灯塔", "--size", "2k", "--count", "3", "--dry-run"),
    )
    assert ran.code == 0
    assert ran.lines[:9] == [
        "POST https://tokenhub.piegateway.me/v2/extend/image/generations",
        "X-API-Key: ***",
        "Content-Type: application/json",
        "",
        "{",
        '  "model": "gemini-3.1-flash-image",',
        '  "prompt": "一座灯塔",',
        '  "size": "2K"',
        "}",
    ]
    assert "requests  3, 3 images" in ran.out
    assert "$0.303 in all, $0.101 a request (an estimate as of" in ran.out
    assert "pixels    2048x2048" in ran.out
    assert not list(home.rglob("imagedeck.db"))


def test_a_dry_run_as_json_is_an_object_a_request(deck: Deck) -> None:
    ran = deck(
        "generate", "gpt", "a\x1b[31m cat", "--n", "2", "--count", "2", "--dry-run", "--json"
    )
    one, two = ran.objects
    assert one["request"]["body"] == {"prompt": "a\x1b[31m cat", "n": 2}
    assert one["request"]["headers"]["X-API-Key"] == "***"
    assert two["price"] == "0.106"


def test_a_dry_run_names_a_reference_instead_of_printing_it(deck: Deck) -> None:
    Image.new("RGB", (64, 64)).save("cat.png")
    ran = deck("generate", "seedream", "a cat", "--image", "cat.png", "--dry-run")
    size = Path("cat.png").stat().st_size
    assert f"data:image/png;base64,<{size} bytes of cat.png, sha256 " in ran.out


def test_controls_in_a_prompt_do_not_reach_the_terminal(deck: Deck) -> None:
    ran = deck("generate", "gpt", "a \x9b31m\u202e cat", "--dry-run")
    assert "\x9b" not in ran.out
    assert "\u202e" not in ran.out


def test_defaults_of_the_settings_hold_and_flags_win(deck: Deck, home: Path) -> None:
    file = home / ".config/imagedeck/config.toml"
    file.parent.mkdir(parents=True)
    file.write_text('[fields.gpt]\nquality = "low"\nsize = "1536x1024"\n')
    ran = deck("generate", "gpt", "a cat", "--quality", "high", "--dry-run", "--json")
    assert ran.objects[0]["request"]["body"] == {
        "prompt": "a cat",
        "size": "1536x1024",
        "quality": "high",
    }


def test_fields_of_a_project_file_are_named_before_they_cost(deck: Deck) -> None:
    project = Path("imagedeck.toml").absolute()
    project.write_text('[fields.gpt]\nquality = "high"\nn = 10\n')
    ran = deck("generate", "gpt", "a cat", "--quality", "low", "--dry-run")
    assert ran.err == f"{project} sets n=10\n"
    assert '"n": 10' in ran.out


def test_broken_settings_are_named_by_file_line_and_key(deck: Deck, home: Path) -> None:
    file = home / ".config/imagedeck/config.toml"
    file.parent.mkdir(parents=True)
    file.write_text('\nbase_urll = "https://one.example"\n')
    ran = deck("generate", "gpt", "a cat", "--dry-run")
    assert ran.code == 2
    assert f"{file}:2: base_urll: " in ran.err


@pytest.mark.parametrize(
    ("given", "prompt"), [(b"a cat\n", "a cat"), ("一只猫\n\nmore".encode(), "一只猫\n\nmore")]
)
def test_a_hyphen_reads_the_prompt_from_stdin(
    deck: Deck, monkeypatch: pytest.MonkeyPatch, given: bytes, prompt: str
) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(given)))
    ran = deck("generate", "gpt", "-", "--dry-run", "--json")
    assert ran.objects[0]["prompt"] == prompt


@pytest.mark.parametrize("given", [b"", b"\n", b"\xff\xfe"])
def test_a_useless_stdin_is_refused(
    deck: Deck, monkeypatch: pytest.MonkeyPatch, given: bytes
) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(given)))
    ran = deck("generate", "gpt", "-", "--dry-run")
    assert ran.code == 2
    assert len(ran.err.splitlines()) == 1
    assert ran.err.startswith("prompt: ")


def test_many_requests_are_refused_without_a_terminal_or_yes(deck: Deck, home: Path) -> None:
    ran = deck("generate", "gpt", "a cat", "--count", "201", "--demo")
    assert ran.code == 2
    assert "201 requests are more than 200; nothing was sent. Add --yes" in ran.err
    assert not list(home.rglob("imagedeck.db"))


def test_without_a_key_nothing_is_queued(deck: Deck) -> None:
    ran = deck("generate", "gpt", "a cat", "--json")
    assert ran.code == 3
    assert "imagedeck key set" in ran.err
    assert "--demo" in ran.err
    assert ran.objects[0]["error"]["kind"] == "auth"
    assert deck("jobs").out == ""
