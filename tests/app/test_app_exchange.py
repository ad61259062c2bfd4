"""Export and import, through the screen."""

from pathlib import Path
from typing import Any


async def test_images_go_out_marked_or_found_and_come_in_again(
    open_app: Any, at_home: Path
) -> None:
    async with open_app(demo=True) as person:
        await person.until_ready()
        await person.choose(4)
        for number, prompt in enumerate(("a red boat", "a cat", "a blue boat"), 1):
            await person.send(prompt)
            await person.until(lambda count=number: person.states == ["saved"] * count)
        await person.go_to("#jobs")
        await person.press("e")
        await person.until_sees("Export 1 image of 1 job to")
        await person.write("#line", str(at_home / "nobody"))
        await person.press("escape")
        await person.press("slash")
        await person.paste("boat")
        await person.press("enter")
        await person.until(lambda: len(person.jobs) == 2)
        await person.press("e")
        await person.until_sees("Export 2 images of 2 jobs to")
        await person.write("#line", str(at_home / "boats"))
        await person.press("enter")
        await person.until_sees("Exported: 2 images of 2 jobs")
        page = (at_home / "boats" / "index.html").read_text()
        assert "a red boat" in page
        assert "a cat" not in page
        await person.press("space", "e")
        await person.until_sees("Export 1 image of 1 job to")
        await person.write("#line", str(at_home / "boats" / "index.html" / "x.zip"))
        await person.press("enter")
        await person.until_sees("Nothing was exported")
        assert not (at_home / "nobody").exists()
        names = [job.id for job in person.jobs]

    (at_home / "boats" / "images" / "odd.png").write_bytes(b"no image")
    data = at_home / ".local/share/imagedeck/demo"
    data.rename(at_home / "old")
    async with open_app(demo=True) as person:
        await person.until_ready()
        await person.go_to("#jobs")
        await person.press("I")
        await person.until_sees("Take the images of this folder")
        await person.write("#line", str(at_home / "boats"))
        await person.press("enter")
        await person.until_sees("Came in: 2 images of 2 jobs.", "Left out:", "odd.png")
        assert sorted(job.id for job in person.jobs) == sorted(names)
        await person.press("I")
        await person.until_sees("Take the images of this folder")
        await person.write("#line", str(at_home / "boats"))
        await person.press("enter")
        await person.until_sees("2 were there already")
