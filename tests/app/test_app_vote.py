"""Blind votes, through the screen."""

from typing import Any


async def test_the_best_is_chosen_blind_then_named_changed_and_taken_back(open_app: Any) -> None:
    async with open_app(demo=True) as person:
        await person.until_ready()
        await person.choose(4)
        await person.go_to("#picker")
        await person.press("home", "space")
        await person.send("a lighthouse")
        await person.until_states("saved", "saved")
        await person.go_to("#jobs")
        await person.press("c")
        await person.until_sees("1 of 2", "2 of 2")
        await person.press("b")
        await person.until_sees("Which is best? a lighthouse", "A is best", "B is best")
        named = ("GPT-Image-2", "Seedream 5.0 lite")
        assert not any(name in person.sees for name in named)
        assert "C is best" not in person.sees
        first = person.app.screen.jobs[0]
        await person.press("a")
        await person.until_sees("A won", *named, "· lost")
        votes = {job.id: job.vote for job in person.app.screen.jobs}
        assert votes[first.id] == "won"
        await person.press("2")
        await person.until_sees("B won")
        await person.press("u")
        await person.until_sees("Which is best?")
        assert not any(name in person.sees for name in named)
        await person.press("t")
        await person.until_sees("A tie.", "· tied")
        await person.press("escape")
        await person.until(lambda: {job.vote for job in person.jobs} == {"tied"})
        await person.press("f5")
        await person.until_sees("Voted on", "50%")
        await person.press("escape")
        await person.go_to("#jobs")
        await person.press("V")
        await person.until_sees("It was voted on before.")
        await person.press("escape")
        await person.go_to("#picker")
        await person.press("enter")
        await person.send("alone")
        await person.until(lambda: person.jobs[0].prompt == "alone")
        await person.go_to("#jobs")
        await person.press("home", "V")
        await person.until_sees("A vote is on the jobs of one comparison")
