"""No control of the main screen is out of reach, at any size."""

from collections.abc import Callable
from typing import Any

from tui.models import MODELS

OnStage = Callable[..., Any]

# What people work with, and below it what a pane of tmux may have.
SIZES = ((80, 24), (100, 30), (120, 40), (300, 80), (60, 16), (40, 20))


async def test_every_control_can_be_reached_and_is_seen(on_stage: OnStage) -> None:
    async with on_stage(80, 24) as player:
        await player.fill()
        for width, height in SIZES:
            await player.resize(width, height)
            for number in range(1, len(MODELS) + 1):
                await player.model(number)
                lines = 0
                for one in player.screen.focus_chain:
                    one.focus()
                    most = min(one.size.height, 3)
                    await player.until(lambda one=one, most=most: seen_lines(one) >= most)
                    lines += seen_lines(one)
                assert lines >= len(MODELS[number - 1].fields), "no field is left out"


async def test_what_is_hidden_is_shown_where_one_jumps_to_it(on_stage: OnStage) -> None:
    async with on_stage(80, 24) as player:
        await player.fill()
        main = player.main
        for keys in ([], ["f2"], ["f3"], ["w"]):
            for letter, name in (("v", "preview"), ("m", "picker"), ("j", "jobs"), ("p", "prompt")):
                await player.begin()
                await player.fill()
                await player.focus("#jobs")
                await player.press(*keys)
                await player.press("ctrl+o", letter)
                part = main.query_one(f"#{name}")
                await player.until(lambda part=part: part.has_focus and seen_lines(part))


def seen_lines(widget: Any) -> int:
    """Return how many lines of a widget can be seen."""
    found = widget.screen._compositor.visible_widgets.get(widget)
    if found is None:
        return 0
    region, clip = found
    return region.intersection(clip).height
