"""The screens that show the images of jobs, in the whole app."""

from collections.abc import Callable
from typing import Any

from tui.app.looks import Tone
from tui.app.widgets.preview.facts import Fact
from tui.app.widgets.preview.parameters import around, compared
from tui.core.job import Job, State

MakeJob = Callable[..., Job]
NOW = 1_800_000_100.0


def test_what_differs_comes_first_and_stands_out(make_job: MakeJob) -> None:
    jobs = [
        make_job(1, State.SAVED, images=1, values={"quality": "high", "size": "1024x1024"}),
        make_job(2, State.SAVED, images=1, values={"size": "1024x1024"}),
        make_job(3, State.FAILED, values={"quality": "high", "size": "1024x1024"}),
    ]
    first, second, third = compared(jobs, now=NOW)
    assert first[0] == Fact("quality", "high", Tone.WARNING)
    assert second[0] == Fact("quality", "–", Tone.WARNING)
    assert Fact("pixels", "–", Tone.WARNING) in third
    assert Fact("size", "1024x1024", Tone.MUTED) in first
    assert [fact.label for fact in first] == [fact.label for fact in third]
    tones = [fact.tone for fact in first]
    assert tones == sorted(tones, key=lambda tone: tone is Tone.MUTED)


def test_a_neighbour_is_found_at_either_end(make_job: MakeJob) -> None:
    jobs = [make_job(n, State.SAVED, images=n % 2) for n in range(6, 0, -1)]
    assert around(jobs, jobs[1]) == [jobs[1], jobs[3]]
    assert around(jobs, jobs[5]) == [jobs[5], jobs[3]]
    assert around(jobs, jobs[0]) == [jobs[1], jobs[3]]
    assert around(jobs[:1], jobs[0]) == []
    assert around([], None) == []


async def test_images_are_compared_flipped_and_seen_in_a_gallery(open_app: Any) -> None:
    async with open_app(demo=True) as person:
        await person.until_ready()
        await person.choose(4)
        for prompt in ("a lighthouse", "a storm"):
            await person.send(prompt)
        await person.until_states("saved", "saved")
        await person.go_to("#jobs")
        await person.press("c")
        await person.until_sees("1 of 2", "2 of 2", "prompt a storm", "prompt a lighthouse", "▀")
        await person.press("space")
        await person.settle()
        assert "2 of 2" not in person.sees
        await person.press("space")
        await person.until_sees("2 of 2", "prompt a lighthouse")
        assert "prompt a storm" not in person.sees
        await person.press("s")
        await person.until_sees("prompt a storm", "prompt a lighthouse")
        await person.press("escape", "i")
        await person.until_sees("1 of 2", "a storm", "a lighthouse", "▀")
        await person.press("space", "right", "space")
        await person.until_sees("2 marked", "● a storm", "● a lighthouse")
        await person.press("c")
        await person.until_sees("prompt a storm", "prompt a lighthouse")
        await person.press("escape", "enter")
        await person.until_sees("sha256", "prompt a lighthouse")
        await person.press("i")
        await person.settle()
        assert "sha256" not in person.sees
        await person.press("escape", "escape")
        await person.until_sees("Generate")
        assert person.raw.count("● a storm") == 0
