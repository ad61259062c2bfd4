from collections.abc import Callable
from pathlib import Path
from typing import Any

from PIL import Image

from tui.core.widths import cells

Deck = Callable[..., Any]


def bodies(ran: Any) -> dict[str, dict[str, Any]]:
    return {one["model"]: one["request"]["body"] for one in ran.objects}


def test_one_wish_is_said_in_each_models_own_words(deck: Deck) -> None:
    ran = deck(
        *("compare", "a cat", "--ratio", "16:9", "--resolution", "2K", "--format", "jpg"),
        *("--quality", "high", "--dry-run", "--json"),
    )
    assert ran.code == 0
    google = {"size": "2K", "aspect_ratio": "16:9", "output_format": "image/jpeg"}
    found = bodies(ran)
    assert found["gemini-3-pro-image"] == {
        "model": "gemini-3-pro-image",
        "prompt": "a cat",
        **google,
    }
    assert found["gpt-image-2"] == {
        "prompt": "a cat",
        "size": "2736x1536",
        "quality": "high",
        "output_format": "jpeg",
    }
    assert found["seedream-5.0-lite"] == {"prompt": "a cat", "size": "2731x1536"}
    assert "seedream-5.0-lite: no quality high, no format jpeg" in ran.err


def test_what_it_comes_to_is_told_and_nothing_is_sent(deck: Deck, home: Path) -> None:
    ran = deck("compare", "a cat", "-m", "gpt", "-m", "gemini", "--count", "3", "--dry-run")
    assert "models    gpt-image-2, gemini-3.1-flash-image" in ran.out
    assert "requests  6, 6 images" in ran.out
    assert "price     ≈ $0.36 in all" in ran.out
    many = deck("compare", "a cat", "--count", "60", "--demo")
    assert many.code == 2
    assert "240 requests are more than 200; nothing was sent. Add --yes" in many.err
    assert not list(home.rglob("imagedeck.db"))


def test_the_images_of_all_models_are_saved_as_one_group(deck: Deck, at_gateway: Any) -> None:
    gateway = at_gateway()
    Path("imagedeck.toml").write_text('template = "{group}-{model}-{id}-{index}"\n')
    Image.new("RGB", (64, 64), "red").save("cat.png")
    wish = ("--resolution", "1920x1920", "--image", "cat.png")
    ran = deck("compare", "a cat", "-m", "seedream", "-m", "gpt", *wish)
    assert ran.code == 0, ran.err
    assert "gpt-image-2: no reference images" in ran.err
    groups = {Path(line).name.partition("-seedream")[0].partition("-gpt")[0] for line in ran.lines}
    assert len(groups) == 1
    assert groups.pop().startswith("a-cat-")
    for line in ran.lines:
        with Image.open(line) as image:
            assert image.size == (1920, 1920)
    assert sorted(one.model for one in gateway.ledger().accepted) == [
        "gpt-image-2",
        "seedream-5.0-lite",
    ]


def test_every_fault_comes_at_once(deck: Deck) -> None:
    ran = deck(
        *("compare", "", "--ratio", "0:3", "--format", "gif", "--resolution", "99"),
        *("--count", "0", "--quality", "best", "--image", "x.png", "-m", "gpt", "-m", "dalle"),
    )
    assert (ran.code, ran.out) == (2, "")
    fields = {line.split(":")[0] for line in ran.err.splitlines()}
    flags = {"count", "format", "image", "model", "quality", "ratio", "resolution"}
    assert fields == {"prompt", *flags}
    assert "ratio: '0:3': must be W:H, 16:1 at the widest (nearest: 16:9)" in ran.err


def test_a_grid_leaves_out_what_no_model_can_and_tells_each_price(deck: Deck) -> None:
    axes = ("--rows", "size=1K,4K", "--columns", "model=gpt,gemini,seedream")
    ran = deck("compare", "a cat", *axes, "--dry-run")
    assert ran.code == 0
    assert "left out: 1K × seedream: pixels 1.0 MP → 3.7 MP" in ran.err
    assert "left out: 4K × gpt: pixels 16.8 MP → 8.3 MP" in ran.err
    table = ran.out[ran.out.index("grid ") :].splitlines()
    assert [line.split() for line in table[:4]] == [
        ["grid", "size", "by", "model"],
        ["gpt", "gemini", "seedream"],
        ["1K", "≈", "$0.053", "$0.067", "–"],
        ["4K", "–", "$0.151", "–"],
    ]
    assert "requests  3, 3 images" in ran.out
    nothing = deck("compare", "a cat", "--rows", "size=4K", "-m", "gpt", "--dry-run")
    assert (nothing.code, nothing.out) == (2, "")
    assert "No cell of this grid is possible; nothing was sent." in nothing.err


def test_the_columns_of_a_grid_stand_below_each_other_whatever_its_letters(deck: Deck) -> None:
    axes = ("--rows", "place=海边的灯塔,hill", "--columns", "size=1K,2K")
    ran = deck("compare", "a cat, {{place}}", *axes, "-m", "gemini", "--dry-run")
    lines = ran.out[ran.out.index("grid ") :].splitlines()[1:4]
    starts = [cells(line[: line.index(mark)]) for line, mark in zip(lines, "1$$", strict=True)]
    assert len(set(starts)) == 1


def test_a_variable_of_the_prompt_is_an_axis_and_a_failed_cell_is_made_anew(
    deck: Deck, at_gateway: Any
) -> None:
    gateway = at_gateway("poll:failed*1")
    axes = ("--rows", 'thing=cat,"dog, asleep"', "--columns", "quality=low,high")
    ran = deck("compare", "a {{thing}}", *axes, "-m", "gpt", "--json")
    assert ran.code == 1
    last = {one["job"]: one for one in ran.objects}.values()
    assert sorted(one["prompt"] for one in last) == ["a cat"] * 2 + ["a dog, asleep"] * 2
    (failed,) = (one["job"] for one in last if one["state"] == "failed")
    assert deck("retry", failed).code == 0
    assert deck("export", "--to", "sheet").code == 0
    page = Path("sheet/index.html").read_text()
    assert page.count("<figure") == 4
    for name in ("quality low", "quality high", "thing cat", "thing dog, asleep"):
        assert name in page
    assert len(gateway.ledger().accepted) == 5


def test_axes_that_can_not_be_are_named(deck: Deck) -> None:
    for flags, said in (
        (("--rows", "model=gpt,gemini"), "columns: name the other axis too"),
        (("--rows", "size=1K", "--columns", "size=2K", "-m", "gpt"), "is the axis of the rows"),
        (("--rows", "size=1K", "--columns", "quality=low"), "name one with -m MODEL"),
        (("--rows", "size=1K", "--columns", "model=gpt", "-m", "gpt"), "model: is an axis already"),
        (("--rows", "ratio=1:1", "--ratio", "1:1"), "ratio: ratio is an axis already"),
        (("--rows", "thing=cat"), "rows: 'thing=cat': the prompt has no {{thing}}"),
        (("--rows", "size"), "must be NAME=VALUE,VALUE"),
        (("--rows", "size=1K\r,2K"), "must be NAME=VALUE,VALUE"),
        (("--rows", "size=1K", "--rows", "ratio=1:1"), "rows: goes once"),
        (("--rows", "size=huge"), "resolution: 'huge': must be 1K, 2K, 4K or WxH"),
        (("--rows", "size=1K", "--columns", "model=gpt,dalle"), "dalle"),
    ):
        ran = deck("compare", "a cat", *flags, "--dry-run")
        assert (ran.code, ran.out) == (2, ""), flags
        assert said in ran.err
    wrong = deck("compare", "a {{ thing }} in {{place}}", "-m", "gpt", "--rows", "thing=cat,dog")
    assert wrong.code == 2
    (line,) = wrong.err.splitlines()
    assert line.startswith("prompt: '{{place}}': has no value here: make it an axis")
