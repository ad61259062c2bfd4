"""The whole app: reference images."""

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

from PIL import Image

OpenAt = Callable[..., Any]
Gateways = Callable[..., Any]


async def test_references_are_checked_where_they_are_given(
    open_at: OpenAt, http_gateway: Gateways, tmp_path: Path
) -> None:
    good, text = tmp_path / "good.png", tmp_path / "text.png"
    Image.new("RGB", (64, 48), "teal").save(good)
    text.write_text("no image")
    gateway = http_gateway()
    async with open_at(gateway, size=(220, 50)) as person:
        await person.until_ready()
        await person.prompt("a lighthouse")
        for source in (tmp_path / "goot.png", text):
            await person.write("#new-reference", str(source))
        await person.until_sees("2 of 14", "it is no image, not one of JPEG")
        await person.until_sees("good.png")  # the nearest name
        await person.press("ctrl+g")
        await person.until_sees("Not sent")
        assert gateway.ledger().entries == ()
        await person.press("tab", "ctrl+n")
        await person.until_sees("good.png · 64x48")
        await person.press("tab", "delete")
        await person.until_sees("1 of 14")
        await person.press("ctrl+z")
        await person.until_sees("2 of 14", "Reference 2 is back: text.png")
        await person.press("down", "K", "delete")
        await person.until_sees("1 of 14")
        await person.press("ctrl+g")
        await person.until_states("saved")
        (reference,) = person.jobs[0].request.references
        assert reference.sha256 == hashlib.sha256(good.read_bytes()).hexdigest()
    assert gateway.ledger().charges("a lighthouse") == 1


async def test_images_are_found_on_this_machine_and_taken_in_order(
    open_at: OpenAt, http_gateway: Gateways, at_home: Path
) -> None:
    folder = at_home / "work" / "cats"
    folder.mkdir()
    odd = " odd \udce9\x1b[2J.png"
    for name, colour in (("a.png", "teal"), (odd, "gold"), ("c.png", "navy")):
        Image.new("RGB", (640, 480), colour).save(folder / name)
    async with open_at(http_gateway()) as person:
        await person.until_ready()
        await person.prompt("image 1 in the style of image 2")
        await person.press("ctrl+l")
        await person.until_sees("cats/")
        await person.press("slash")
        await person.paste(str(folder))
        await person.press("enter")
        await person.until_sees("c.png", "3 images")
        await person.press("end")
        await person.until_sees("pixels 640x480", "file PNG", "▀")
        await person.press("space", "home", "down")
        await person.until(lambda: person.app.screen.pane.entry.name == odd)
        await person.press("space")
        await person.until_sees("2 marked")
        await person.press("t")
        await person.until_sees("1 c.png · 640x480", "2 odd \\u{dce9}\\x1b[2J.png · 640x480")
        await person.press("ctrl+g")
        await person.until_states("saved")
        first, second = person.jobs[0].request.references
        assert first.sha256 == hashlib.sha256((folder / "c.png").read_bytes()).hexdigest()
        assert second.sha256 == hashlib.sha256((folder / odd).read_bytes()).hexdigest()

        # The next time it begins there; a model without references says who takes them.
        await person.press("ctrl+l")
        await person.until_sees("3 images")
        await person.press("escape")
        await person.choose(4)
        await person.until_sees("2 kept for Seedream 5.0 lite")
        await person.press("ctrl+l")
        await person.until_sees("GPT-Image-2 takes no references. These do: Seedream 5.0 lite.")


async def test_a_path_pasted_into_the_prompt_stays_text_until_one_says_otherwise(
    open_app: OpenAt, tmp_path: Path
) -> None:
    cat = tmp_path / "a cat.png"
    Image.new("RGB", (64, 48), "teal").save(cat)
    async with open_app(demo=True) as person:
        await person.until_ready()
        await person.prompt("a dog like ")
        await person.paste(f"{tmp_path}/gone.png")
        await person.paste(f" '{cat}'")
        assert person.app.main.editor.text == f"a dog like {tmp_path}/gone.png '{cat}'"
        await person.until_sees("^l makes the path a reference", "^l As reference")
        await person.press("ctrl+l")
        await person.until_sees("1 of 14", "1 a cat.png · 64x48", "The path is a reference now.")
        assert person.app.main.editor.text == f"a dog like {tmp_path}/gone.png"
        await person.until(lambda: "^l" not in person.sees)
        await person.press("ctrl+z")  # of the text, which is the editor's to take back
        assert person.app.main.editor.text.endswith("cat.png'")


async def test_a_result_becomes_a_reference_where_the_model_takes_any(
    open_at: OpenAt, http_gateway: Gateways
) -> None:
    gateway = http_gateway()
    async with open_at(gateway) as person:
        await person.until_ready()
        await person.choose(4)
        await person.send("a lighthouse")
        await person.until_states("saved")
        await person.go_to("#jobs")
        await person.press("u")
        await person.until_sees("takes no references. These do: Seedream 5.0 lite.")
        await person.choose(1)
        await person.go_to("#jobs")
        await person.press("u")
        await person.until_sees("1 of 14", "1024x1024 ·")
        await person.send("the same by night")
        await person.until_states("saved", "saved")
        new, old = person.jobs
        assert [one.sha256 for one in new.request.references] == [old.files[0].sha256]

        # Remixed and left alone, it is there at the next start as well.
        await person.go_to("#jobs")
        await person.press("r")
        await person.until_sees("1 of 14")
        await person.press("ctrl+q")
    async with open_at(gateway) as person:
        await person.until_ready()
        await person.until_sees("1 of 14", "1024x1024 ·")
        assert person.app.main.form.checked.request == new.request
