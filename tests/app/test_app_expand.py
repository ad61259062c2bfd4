"""One prompt made into many, through the screen."""

from pathlib import Path
from typing import Any

PATTERN = "a {red|blue} boat in {{place}}"


def prompts(person: Any) -> set[str]:
    return {job.prompt for job in person.jobs}


async def test_braces_are_sent_as_they_stand_until_the_switch_is_on(open_app: Any) -> None:
    async with open_app(demo=True, size=(80, 24)) as person:
        await person.until_ready()
        await person.prompt(PATTERN)
        await person.until_sees("sent as it stands · ^t expands it")
        await person.press("ctrl+g")
        await person.until(lambda: prompts(person) == {PATTERN})
        await person.press("ctrl+t")
        await person.until_sees("· expanded", "2 prompts", "2 images · est. $0.07")
        await person.press("ctrl+g")
        await person.until_sees("{{place}}", "needs a value: several are separated by |")
        await person.paste("Oslo | New York")
        await person.until_sees("prompts 4", "such as a red boat in Oslo", "price $0.14 in all")
        await person.press("enter", "enter", "enter")
        await person.until_sees("Send 4 requests")
        await person.press("enter")
        await person.until_sees("4 requests are queued.", "4 prompts")
        await person.until(lambda: len(person.jobs) == 5)
        made = prompts(person) - {PATTERN}
        places = ("Oslo", "New York")
        assert made == {f"a {one} boat in {place}" for one in ("red", "blue") for place in places}
        groups = {job.group for job in person.jobs}
        assert len(groups) == 2
        await person.press("ctrl+q")
    # The switch is kept, a prompt that is taken back from a job stands for itself.
    async with open_app(demo=True) as person:
        await person.until_ready()
        await person.until_sees("· expanded")
        await person.until(lambda: len(person.jobs) == 5)
        await person.go_to("#jobs")
        await person.press("end", "r")
        await person.until(lambda: person.app.main.editor.text == PATTERN)
        await person.until(lambda: not person.app.main.editor.expands)


async def test_a_sample_is_drawn_by_a_seed_and_many_are_asked_about(
    open_app: Any, at_home: Path
) -> None:
    settings = at_home / ".config/imagedeck/config.toml"
    settings.parent.mkdir(parents=True)
    settings.write_text("ask_above = 3\n[budget]\nday = 0.2\n")
    async with open_app(demo=True) as person:
        await person.until_ready()
        await person.press("ctrl+t")
        await person.prompt("{a|b boat")
        await person.until_sees("column 1: this { is never closed")
        await person.press("ctrl+g")
        await person.until_sees("Not sent", "prompt: column 1: this { is never closed")
        await person.prompt("{a|b|c|d}{1|2|3} boat")
        await person.until_sees("12 prompts", "over budget: $0.20 left today")
        await person.press("ctrl+g")
        await person.until_sees("Send 12 requests", "budget over budget: $0.20 left today")
        await person.press("enter")
        await person.until_sees("12 requests are more than 3.", "stays queued, unsent")
        await person.press("n")
        await person.settle()
        assert not person.jobs
        await person.press("ctrl+g")
        await person.until_sees("Send 12 requests")
        await person.write("#matrix-sample", "2")
        await person.write("#matrix-seed", "7")
        await person.until_sees("prompts 2 drawn of 12", "seed 7", "Send 2 requests")
        await person.go_to("#send")
        await person.press("enter")
        await person.until_sees("2 requests are queued, drawn by the seed 7.")
        await person.until(lambda: len(prompts(person)) == 2)
