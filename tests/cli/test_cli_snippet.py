from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Deck = Callable[..., Any]


@pytest.fixture
def snippets(home: Path) -> Path:
    file = home / ".config/imagedeck/config.toml"
    file.parent.mkdir(parents=True)
    file.write_text(
        '[snippets]\nwatercolor = "loose watercolor, soft light"\n'
        'poster = "{prompt}, as a {red|blue} poster"\n[presets.low]\nmodel = "gpt"\n'
        'prompt = "a fox"\n'
    )
    return file


def prompts(ran: Any) -> list[str]:
    return [one["request"]["body"]["prompt"] for one in ran.objects]


def test_snippets_go_into_the_prompt_in_their_order_and_are_told(
    deck: Deck, snippets: Path
) -> None:
    wanted = ("--snippet", "watercolor", "--snippet", "poster", "--dry-run", "--json")
    ran = deck("generate", "gpt", "a cat", *wanted)
    assert prompts(ran) == ["a cat, loose watercolor, soft light, as a {red|blue} poster"]
    assert f"snippet watercolor ({snippets}:2): loose watercolor, soft light\n" in ran.err
    many = deck("generate", "gpt", "a {cat|dog}", "--expand", "--snippet", "poster", *wanted[-2:])
    assert len(prompts(many)) == 4
    assert "a dog, as a blue poster" in prompts(many)
    ran = deck("generate", "gpt", "--preset", "low", "--snippet", "watercolor", *wanted[-2:])
    assert prompts(ran) == ["a fox, loose watercolor, soft light"]


@pytest.mark.usefixtures("snippets")
def test_a_comparison_and_a_batch_take_them_too(deck: Deck) -> None:
    wanted = ("--snippet", "watercolor", "--dry-run", "--json")
    ran = deck("compare", "a cat", "-m", "gpt", "-m", "gemini", *wanted)
    assert len(ran.objects) == 2
    assert all("a cat, loose watercolor, soft light" in str(one) for one in ran.objects)
    Path("rows.txt").write_text("a cat\na dog,\n")
    ran = deck("batch", "rows.txt", "-m", "gpt", *wanted)
    styled = "loose watercolor, soft light"
    assert prompts(ran) == [f"a cat, {styled}", f"a dog, {styled}"]


@pytest.mark.usefixtures("snippets")
@pytest.mark.parametrize(
    "command", [("generate", "gpt", "a"), ("compare", "a"), ("batch", "rows.txt", "-m", "gpt")]
)
def test_an_unknown_one_is_refused_with_the_nearest(deck: Deck, command: tuple[str, ...]) -> None:
    Path("rows.txt").write_text("a cat\n")
    ran = deck(*command, "--snippet", "watercolour", "--dry-run")
    assert (ran.code, ran.out) == (2, "")
    said = "snippet: 'watercolour': there are watercolor, poster (nearest: watercolor)"
    assert said in ran.err


def test_a_project_file_may_set_one_which_is_told(deck: Deck) -> None:
    ran = deck("generate", "gpt", "a cat", "--snippet", "x", "--dry-run")
    assert "there are none; `imagedeck config edit` makes one" in ran.err
    Path("imagedeck.toml").write_text('[snippets]\nx = "\\u001b[2J in oil"\n')
    ran = deck("generate", "gpt", "a cat", "--snippet", "x", "--dry-run", "--json")
    assert ran.code == 0
    assert "imagedeck.toml:2): " in ran.err
    assert "\x1b" not in ran.err


@pytest.mark.usefixtures("snippets")
def test_a_snippet_alone_is_no_prompt(deck: Deck) -> None:
    ran = deck("generate", "gpt", "", "--snippet", "watercolor", "--dry-run")
    assert ran.code == 2
    assert "prompt: must not be empty" in ran.err
