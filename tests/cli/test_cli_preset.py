from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Deck = Callable[..., Any]


@pytest.fixture
def poster(home: Path) -> Path:
    file = home / ".config/imagedeck/config.toml"
    file.parent.mkdir(parents=True)
    file.write_text(
        '[presets.poster]\nmodel = "gpt"\nprompt = "a poster"\nsize = "1024x1536"\n'
        'quality = "high"\n[presets.sketch]\nmodel = "seedream"\nimage = ["cat.png"]\n'
    )
    return file


def body(ran: Any) -> dict[str, Any]:
    found: dict[str, Any] = ran.objects[0]["request"]["body"]
    return found


def test_a_preset_says_what_no_flag_says(deck: Deck, poster: Path) -> None:
    wanted = ("--preset", "poster", "--dry-run", "--json")
    ran = deck("generate", "gpt", *wanted)
    assert body(ran) == {"prompt": "a poster", "size": "1024x1536", "quality": "high"}
    told = f"preset poster ({poster}:1): prompt a poster, size 1024x1536, quality high"
    assert told in ran.err
    ran = deck("generate", "gpt", "a cat", "--quality", "low", *wanted)
    assert body(ran) == {"prompt": "a cat", "size": "1024x1536", "quality": "low"}
    many = deck("generate", "gpt", "{a|b} cat", "--expand", *wanted)
    assert [one["request"]["body"]["prompt"] for one in many.objects] == ["a cat", "b cat"]


@pytest.mark.usefixtures("poster")
@pytest.mark.parametrize(
    ("model", "name", "said"),
    [
        ("gpt", "postr", "preset: 'postr': there are poster, sketch (nearest: poster)"),
        ("gpt", "sketch", "preset: 'sketch': is for seedream-5.0-lite, not for gpt-image-2"),
        ("seedream", "sketch", "image: 'cat.png':"),
    ],
)
def test_what_does_not_fit_is_refused(deck: Deck, model: str, name: str, said: str) -> None:
    ran = deck("generate", model, "a cat", "--preset", name, "--dry-run")
    assert (ran.code, ran.out) == (2, "")
    assert said in ran.err


def test_without_any_preset_it_says_how_to_make_one(deck: Deck) -> None:
    ran = deck("generate", "gpt", "a cat", "--preset", "poster")
    assert "there are none; `imagedeck config edit` makes one" in ran.err
