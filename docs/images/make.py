"""Makes the README's pictures from the real app in demo mode: python docs/images/make.py."""

import asyncio
import os
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
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


async def send(app: "Imagedeck", request: "Request | None") -> None:
    """Send a request that is known to be valid."""
    if request:
        await asyncio.to_thread(app.session.submit, [request])


async def shoot() -> None:
    """Make a few jobs, then export the screen as it is."""
    from tui.app.app import Imagedeck
    from tui.app.earlier import newest
    from tui.models import find_model

    app = Imagedeck({"output_dir": str(PICTURES)}, demo=True)
    async with app.run_test(size=(150, 42)) as pilot:
        while not app.session.is_open:
            await pilot.pause(0.1)
        for name, prompt in PROMPTS.items():
            model = find_model(name)
            values = {"prompt": prompt, **({"n": 2} if model.takes_count else {})}
            await send(app, model.validate(values).request)
            await pilot.pause(0.05)
        while sum(not job.state.is_end for job in newest(app.session.deck)) > 0:
            await pilot.pause(0.2)
        model = find_model("gpt")
        await send(app, model.validate({"prompt": "a lighthouse made of glass"}).request)
        app.main.picker.action_choose(4)
        app.main.editor.load_text("a lighthouse made of glass, studio light")
        await pilot.pause(3)
        app.main.table.focus()
        await pilot.press("down")
        await pilot.pause(1.5)
        svg = app.export_screenshot(title="imagedeck")
        (HERE / "app.svg").write_text(svg, encoding="utf-8")
    await asyncio.to_thread(app.session.close)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as home:
        os.environ["HOME"] = home
        for name in ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_PICTURES_DIR"):
            os.environ.pop(name, None)
        try:
            asyncio.run(shoot())
        finally:
            shutil.rmtree(PICTURES, ignore_errors=True)
