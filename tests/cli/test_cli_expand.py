from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Deck = Callable[..., Any]


@pytest.fixture
def animals(home: Path) -> Path:
    file = home / ".config/imagedeck/lists/animal.txt"
    file.parent.mkdir(parents=True)
    file.write_text("# our animals\ncat\n\n2::{red|grey} fox\n")
    return file


def prompts(ran: Any) -> list[str]:
    return [one["request"]["body"]["prompt"] for one in ran.objects]


def test_braces_stay_as_they_are_unless_asked(deck: Deck) -> None:
    ran = deck("generate", "gpt", "a {red|blue} __x__ {{y}}", "--dry-run", "--json")
    assert prompts(ran) == ["a {red|blue} __x__ {{y}}"]


def test_all_combinations_of_choices_lists_and_variables(deck: Deck, animals: Path) -> None:
    assert animals.exists()
    Path("places.txt").write_text("Oslo\nRome\n")
    ran = deck(
        *("generate", "gpt", "{a|one} __animal__ in {{p}}, {{p}}"),
        *("--set", "p=@places.txt", "--set", "p=Bern", "--dry-run", "--json"),
    )
    made = prompts(ran)
    assert len(made) == len(set(made)) == 2 * 3 * 3
    assert made[0] == "a cat in Oslo, Oslo"
    assert "one grey fox in Bern, Bern" in made


def test_a_sample_shows_its_seed_and_is_drawn_again_by_it(deck: Deck) -> None:
    pattern = ("generate", "gpt", "{1|2|3|4}{1|2|3|4}{1|2|3|4}", "--sample", "4", "--dry-run")
    shown = deck(*pattern)
    seed = next(line for line in shown.lines if line.startswith("seed")).split()[1]
    again = [deck(*pattern, "--seed", seed, "--json") for _ in range(2)]
    assert prompts(again[0]) == prompts(again[1])
    assert all(f'"prompt": "{one}"' in shown.out for one in prompts(again[0]))


def test_number_examples_time_and_price_are_told_and_many_are_refused(
    deck: Deck, home: Path
) -> None:
    ran = deck("generate", "gpt", "{a|b|c}" * 5, "--expand", "--quality", "low", "--demo")
    assert ran.code == 2
    assert "prompts   243\n" in ran.err
    assert ran.err.count("\n          ") == 4
    assert "requests  243, 243 images" in ran.err
    assert "price     $1.458 in all" in ran.err
    assert "time      about 50s" in ran.err
    assert "243 requests are more than 200; nothing was sent. Add --yes" in ran.err
    assert not list(home.rglob("imagedeck.db"))


def test_more_than_a_command_sends_is_refused_at_once(deck: Deck) -> None:
    ran = deck("generate", "gpt", "{a|b|c|d|e|f|g|h|i|j}" * 9, "--expand", "--yes", "--demo")
    assert ran.code == 2
    assert "stands for 1,000,000,000 prompts; at most 100,000 requests go at once" in ran.err


def test_every_fault_of_a_pattern_and_of_the_fields_comes_at_once(deck: Deck) -> None:
    ran = deck(
        *("generate", "gpt", "a __animal__", "--sample", "none", "--set", "x", "--size", "3"),
        *("--set", "y=@gone.txt", "--seed", "-1", "--expand"),
    )
    assert ran.code == 2
    fields = [line.split(":")[0] for line in ran.err.splitlines()]
    assert sorted(fields) == ["prompt", "sample", "seed", "set", "set", "size"]
    assert "lists/animal.txt; make it, an entry a line" in ran.err


@pytest.mark.parametrize(
    ("flags", "said"),
    [
        (("{a|b}", "--seed", "1"), "seed: '1': goes with --sample N only"),
        (("{{x}}", "--expand"), "prompt: {{x}} has no value: add --set x=…"),
        (("{{x}}", "--set", "x=1", "--set", "y=1"), "the prompt has no such variable, only {{x}}"),
        (("a cat", "--in-flight", "x"), "'x' must be a whole number from 1 to 100000."),
        (("a cat", "--set", "y=1"), "set: 'y': the prompt has no variables, such as {{place}}"),
        (("{{x}}", "--set", "x=@gone.txt"), "set: '@gone.txt': can't be read: No such file"),
        (("{a| }", "--expand"), "must not be empty: say what the image shows (prompt 2 of 2)"),
    ],
)
def test_what_makes_no_sense_is_refused(deck: Deck, flags: tuple[str, ...], said: str) -> None:
    ran = deck("generate", "gpt", *flags, "--dry-run")
    assert (ran.code, ran.out) == (2, "")
    assert said in ran.err


def test_prompts_longer_than_advised_are_warned_of_once(deck: Deck) -> None:
    ran = deck("generate", "seedream", "{猫|狗|鱼}{一|" + "二" * 300 + "}", "--expand", "--dry-run")
    assert ran.code == 0
    rule = "has 301 Chinese characters; the maker advises at most 300"
    assert f"warning: prompt: {rule} (prompt 2 of 6 and 2 more)" in ran.err
    assert ran.err.count("warning:") == 1


def test_the_nearest_list_is_named_and_a_bad_one_by_its_line(deck: Deck, animals: Path) -> None:
    assert "did you mean __animal__?" in deck("generate", "gpt", "__animals__", "--expand").err
    animals.write_bytes(b"cat\n\xff\n")
    ran = deck("generate", "gpt", "__animal__", "--expand")
    assert f"{animals}, line 2, is not UTF-8 text" in ran.err


def test_one_group_of_images_is_made(deck: Deck, home: Path) -> None:
    ran = deck("generate", "gpt", "{red|blue} boat", "--expand", "--size", "64x64", "--demo")
    assert ran.code == 0
    names = [Path(line).name for line in ran.lines]
    assert sum("red-boat" in name for name in names) == 1
    assert sum("blue-boat" in name for name in names) == 1
    assert all(Path(line).is_relative_to(home) for line in ran.lines)
