"""Makes the README's pictures from the real app in demo mode: python docs/images/make.py."""

import asyncio
import os
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from textual.pilot import Pilot

    from tui.app.app import Imagedeck
    from tui.core.request import Request

HERE = Path(__file__).parent
PICTURES = Path(tempfile.gettempdir()) / "pictures"  # it is seen in the picture
PROMPTS = {
    "seedream": "月光下的灯塔，水彩",
    "gemini": "a lighthouse in a storm, oil painting",
    "gpt": "a poster that says LIGHTHOUSE, [fail]",
    "gemini-pro": "a paper boat on a puddle, macro photograph",
}
COMPARED = "a lighthouse at dusk, its light on wet rocks"


async def send(app: "Imagedeck", request: "Request | None") -> None:
    """Send a request that is known to be valid."""
    if request:
        await asyncio.to_thread(app.session.submit, [request])


async def shoot() -> None:
    """Make a few jobs, then export three screens as they are."""
    from tui.app.app import Imagedeck
    from tui.models import find_model

    app = Imagedeck({"output_dir": str(PICTURES)}, demo=True)
    async with app.run_test(size=(150, 42)) as pilot:
        while not app.session.is_open:
            await pilot.pause(0.1)
        await make_jobs(app, pilot)
        app.main.picker.action_choose(4)
        app.main.editor.load_text("a lighthouse made of glass, studio light")
        await pilot.pause(0.5)
        app.main.table.focus()
        await pilot.press("down")
        await pilot.pause(3)
        glass = find_model("gpt").validate({"prompt": "a lighthouse made of glass"})
        await send(app, glass.request)
        await pilot.pause(1.5)
        save(app, "app")
        await pilot.press("up", "space", "space", "space", "space", "c")
        await pilot.pause(4)
        save(app, "compare")
        await pilot.press("escape", "escape")
        app.theme = "textual-light"
        await pilot.resize_terminal(80, 24)
        app.main.editor.focus()
        await pilot.pause(1)
        save(app, "narrow")
        app.exit()  # as a person would, or it is taken apart while it still works
        if app._task:  # noqa: SLF001 - run_test keeps it to itself
            await asyncio.wait({app._task}, timeout=10)  # noqa: SLF001
    await asyncio.to_thread(app.session.close)


async def make_jobs(app: "Imagedeck", pilot: "Pilot[None]") -> None:
    """Send a request to each model, then the same one to all of them, and wait for the images."""
    from tui.app.earlier import newest
    from tui.models import MODELS, find_model

    for name, prompt in PROMPTS.items():
        model = find_model(name)
        values = {"prompt": prompt, **({"n": 2} if model.takes_count else {})}
        await send(app, model.validate(values).request)
        await pilot.pause(0.05)
    compared = [one.validate({"prompt": COMPARED}).request for one in MODELS]
    await asyncio.to_thread(app.session.submit, [one for one in compared if one])
    while sum(not job.state.is_end for job in newest(app.session.deck)) > 0:
        await pilot.pause(0.2)


def save(app: "Imagedeck", name: str) -> None:
    """Export the screen."""
    svg = app.export_screenshot(title="imagedeck")
    (HERE / f"{name}.svg").write_text(svg, encoding="utf-8")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as home:
        os.environ["HOME"] = home
        for name in ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_PICTURES_DIR"):
            os.environ.pop(name, None)
        try:
            asyncio.run(shoot())
        finally:
            shutil.rmtree(PICTURES, ignore_errors=True)
