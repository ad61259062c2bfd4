"""The whole app: from a prompt to images on disk, for every model."""

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

OpenAt = Callable[..., Any]
Gateways = Callable[..., Any]

PROMPT = "a lighthouse at dusk"


def digest(body: dict[str, Any]) -> str:
    text = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


async def test_one_press_makes_one_charge_and_the_image_stands_beside_its_facts(
    open_at: OpenAt, http_gateway: Gateways, at_home: Path
) -> None:
    gateway = http_gateway()
    async with open_at(gateway, size=(160, 45)) as person:
        await person.until_ready()
        await person.until_sees(gateway.url, "No jobs yet.", "Seedream 5.0 lite")
        await person.choose(4)
        await person.prompt(PROMPT)
        person.app.simulate_key("ctrl+g")
        person.app.simulate_key("ctrl+g")
        await person.until_sees("✓ saved", "1/1", "The same request again?")
        assert gateway.ledger().charges(PROMPT) == 1
        (job,) = person.jobs
        (file,) = job.files
        await person.until_sees("▀", "1024x1024", "PNG", job.task_id, file.sha256[:12])
        assert person.app.main.editor.text == PROMPT

        await person.press("ctrl+g")
        await person.until_states("saved", "saved")
    assert gateway.ledger().charges(PROMPT) == 2
    images = list((at_home / "Pictures/imagedeck").glob("*.png"))
    assert len(images) == 2
    image = next(one for one in images if str(one) == file.path)
    assert hashlib.sha256(image.read_bytes()).hexdigest() == file.sha256
    sidecar = json.loads(image.with_name(f"{image.name}.json").read_text())
    assert sidecar["request"]["values"] == {"prompt": PROMPT}


async def test_states_are_told_in_words_on_the_way(open_at: OpenAt, http_gateway: Gateways) -> None:
    gateway = http_gateway(faults=["submit:slow=0.6", "poll:503*1", "image:503*1"])
    async with open_at(gateway, size=(80, 24)) as person:
        await person.until_ready()
        seen = set()
        await person.choose(4)
        await person.send(PROMPT)

        def watch() -> bool:
            seen.update(
                one for one in ("submitting", "pending", "downloading") if one in person.sees
            )
            return "✓ saved" in person.sees

        await person.until(watch, "for the image")
    assert seen == {"submitting", "pending", "downloading"}


# Each with what goes out beside it; what both models take stays set from one to the next.
FIELDS: list[tuple[dict[str, Any], dict[str, Any], int]] = [
    ({"size": "1920x1920"}, {}, 1),
    ({"size": "0.5K", "aspect_ratio": "16:9"}, {"model": "gemini-3.1-flash-image"}, 1),
    (
        {"size": "1K", "aspect_ratio": "16:9", "output_format": "image/webp"},
        {"model": "gemini-3-pro-image"},
        1,
    ),
    ({"size": "1024x640", "quality": "low", "n": 2, "output_format": "jpeg"}, {}, 2),
]


async def test_every_model_sends_what_was_set_and_nothing_else(
    open_at: OpenAt, http_gateway: Gateways
) -> None:
    gateway = http_gateway()
    async with open_at(gateway) as person:
        await person.until_ready()
        for number, (values, fixed, images) in enumerate(FIELDS, 1):
            await person.choose(number)
            await person.settle()
            for name, value in values.items():
                await person.set(name, str(value))
            await person.send(f"{PROMPT} {number}")
            await person.until_states(*["saved"] * number)
            assert len(person.jobs[0].files) == images
            body = {**fixed, "prompt": f"{PROMPT} {number}", **values}
            assert gateway.ledger().accepted[-1].digest == digest(body)
    assert len(gateway.ledger().images) == 5


async def test_a_wrong_value_is_told_beside_its_field_and_mended_with_a_key(
    open_at: OpenAt, http_gateway: Gateways
) -> None:
    gateway = http_gateway()
    async with open_at(gateway, size=(80, 24)) as person:
        await person.until_ready()
        await person.press("ctrl+g")
        await person.until_sees("Not sent", "prompt")
        await person.write("#value-size", "1024x1024")
        await person.send(PROMPT)
        await person.until_sees("must have at least 3,686,400 pixels")
        await person.go_to("#value-size")
        await person.until_sees("1920x1920")
        assert gateway.ledger().entries == ()
        assert person.jobs == []
        await person.press("ctrl+n", "ctrl+g")
        await person.until_states("saved")
    (sent,) = gateway.ledger().accepted
    assert sent.digest == digest({"prompt": PROMPT, "size": "1920x1920"})


async def test_pasted_line_feeds_never_submit(open_at: OpenAt, http_gateway: Gateways) -> None:
    gateway = http_gateway()
    async with open_at(gateway) as person:
        await person.until_ready()
        await person.press(*"one", "ctrl+j", *"two", "enter", *"three", "ctrl+j")
        assert person.app.main.editor.text == "one\ntwo\nthree\n"
        await person.go_to("#value-size")
        await person.press("ctrl+j")
        await person.go_to("#new-reference")
        await person.press("ctrl+j")
        await person.go_to("#jobs")
        await person.press("ctrl+j")
        await person.settle()
        assert person.jobs == []
    assert gateway.ledger().entries == ()


async def test_an_output_folder_that_takes_nothing_is_told_and_nothing_is_sent(
    open_app: OpenAt,
    http_gateway: Gateways,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    gateway = http_gateway()
    place = tmp_path / "a-file"
    place.write_text("in the way")
    monkeypatch.setenv("IMAGEDECK_API_KEY", "a-key-for-tests-only")
    async with open_app({"base_url": gateway.url, "output_dir": str(place)}) as person:
        await person.until_ready()
        await person.send(PROMPT)
        await person.until_sees("Nothing was sent:", "a-file")
        assert person.jobs == []
        place.unlink()
        await person.press("ctrl+g")
        await person.until_states("saved")
    assert gateway.ledger().charges(PROMPT) == 1


async def test_all_models_make_it_at_once_each_in_its_own_words(
    open_at: Callable[..., Any], http_gateway: Callable[..., Any]
) -> None:
    gateway = http_gateway()
    async with open_at(gateway) as person:
        await person.until_ready()
        await person.choose(4)
        await person.set("size", "1536x1024")
        await person.set("quality", "low")
        await person.go_to("#picker")
        await person.press("a")
        await person.until_sees("Prompt for GPT-Image-2 and 3 more", "4 images")
        await person.send("a lighthouse")
        await person.until_sees("no quality low")
        await person.until(lambda: len(gateway.ledger().accepted) == 4, "for four submissions")
        await person.until(lambda: person.states.count("saved") == 4, "for four images")
        assert len({job.group for job in person.jobs}) == 1
        values = {job.request.model: dict(job.request.values) for job in person.jobs}
        assert values["gpt-image-2"]["size"] == "1536x1024"
        assert values["gemini-3-pro-image"]["aspect_ratio"] == "3:2"
        await person.choose(1)  # one alone again
        await person.until_sees("Prompt for Seedream 5.0 lite", "1 image")


async def test_a_wish_that_was_sent_already_is_pointed_out(open_app: Callable[..., Any]) -> None:
    async with open_app(demo=True) as person:
        await person.until_ready()
        await person.until_sees("No jobs yet.", "f1 lists the keys")
        await person.send("a lighthouse")
        await person.until(lambda: person.jobs)
        await person.until_sees(f"the same as {person.jobs[0].short_id}")
        assert "f1 lists the keys" not in person.sees
        await person.prompt("another lighthouse")
        await person.until(lambda: "the same as" not in person.sees)


async def test_what_the_budget_leaves_is_told_before_the_key_is_pressed(
    open_app: Any, at_home: Path
) -> None:
    settings = at_home / ".config/imagedeck/config.toml"
    settings.parent.mkdir(parents=True)
    settings.write_text("[budget]\nrun = 5\nday = 0.06\n")
    async with open_app(demo=True, size=(80, 24)) as person:
        await person.until_ready()
        await person.until_sees("1 image · est. $0.035", "· $0.06 left today")
        await person.send(PROMPT)
        await person.until_sees("over budget: $0.025 left today")
