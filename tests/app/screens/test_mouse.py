"""What a click does, where nothing of Textual's own answers it."""

from collections.abc import Callable
from typing import Any

from tui.app.screens.gallery import GalleryScreen
from tui.app.screens.look import LookScreen

OnStage = Callable[..., Any]


async def test_a_label_and_a_frame_lead_to_what_they_belong_to(on_stage: OnStage) -> None:
    async with on_stage(120, 40) as player:
        await player.fill()
        await player.model(4)
        await player.pilot.click("#row-n .label")
        assert player.screen.focused.id == "value-n"
        await player.pilot.click("#jobs-pane", offset=(10, 0))
        assert player.screen.focused.id == "jobs"
        await player.pilot.click("#topline")
        assert player.screen.focused.id == "jobs"


async def test_a_model_is_added_with_ctrl_held(on_stage: OnStage) -> None:
    async with on_stage(120, 40) as player:
        picker = player.main.picker
        await player.pilot.click("#picker", offset=(5, 12), control=True)
        assert [one.title for one in [picker.model, *picker.others]] == [
            "Seedream 5.0 lite",
            "Gemini 3 Pro Image",
        ]
        await player.pilot.click("#picker", offset=(5, 12), control=True)
        assert picker.others == []


async def test_an_image_of_the_gallery_is_looked_at_with_two_clicks(on_stage: OnStage) -> None:
    async with on_stage(120, 40) as player:
        await player.show(GalleryScreen(player.jobs, player.app.estimates, player.app.canvas))
        await player.settle()
        assert "1 of 5" in player.text
        await player.pilot.click(offset=(60, 5))
        await player.settle()
        assert "3 of 5" in player.text
        await player.pilot.click(offset=(60, 5), times=2)
        await player.settle()
        assert isinstance(player.screen, LookScreen)
        assert "a poster that says" in player.text
