import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.core.intent import Intent, read, word
from tui.core.size import Size
from tui.models import MODELS, find_model

_RATIOS = st.sampled_from([1, 16 / 9, 9 / 16, 4 / 3, 3 / 4, 3 / 2, 2 / 3])
_PIXELS = st.one_of(st.none(), st.integers(262_144, 20_000_000))


@pytest.mark.parametrize(
    ("source", "values", "target", "expected"),
    [
        ("gpt", {"size": "1536x1024"}, "gemini", {"size": "1K", "aspect_ratio": "3:2"}),
        ("seedream", {"size": "2560x1440"}, "gemini", {"size": "2K", "aspect_ratio": "16:9"}),
        ("seedream", {"size": "2560x1440"}, "gpt", {"size": "2560x1440"}),
        ("seedream", {"size": "2K"}, "gemini-pro", {"size": "2K"}),
        ("gemini", {"aspect_ratio": "1:1"}, "seedream", {"size": "2048x2048"}),
        ("gemini", {"aspect_ratio": "16:9", "size": "1K"}, "gpt", {"size": "1360x768"}),
        ("gemini", {"output_format": "image/jpeg"}, "gpt", {"output_format": "jpeg"}),
        ("gpt", {"output_format": "webp"}, "gemini", {"output_format": "image/webp"}),
        ("gemini", {"size": "4K", "output_format": "image/png"}, "gemini-pro", None),
    ],
)
def test_values_go_over_by_their_meaning(
    source: str, values: dict[str, str], target: str, expected: dict[str, str] | None
) -> None:
    said = word(find_model(target), read(find_model(source), values))
    assert said.values == (values if expected is None else expected)
    assert not said.left


def test_what_a_model_has_no_word_for_is_named() -> None:
    values = {"size": "auto", "quality": "high", "n": "3", "output_format": "webp"}
    said = word(find_model("seedream"), read(find_model("gpt"), values))
    assert said.values == {}
    assert said.left == {"size": "auto", "quality": "high", "n": "3", "format": "webp"}


def test_what_is_only_near_is_named() -> None:
    said = word(find_model("gemini"), Intent(ratio=0.5, pixels=3_000_000))
    assert said.values == {"aspect_ratio": "9:16", "size": "2K"}
    assert said.near == {"shape": "1:2 → 9:16", "pixels": "3.0 MP → 4.2 MP"}
    narrow = word(find_model("gpt"), Intent(ratio=0.1))
    assert narrow.near == {"shape": "1:10 → 1:2.93"}


def test_nothing_that_was_not_set_is_said() -> None:
    for model in MODELS:
        for other in MODELS:
            assert word(other, read(model, {})).values == {}


@given(_RATIOS, _PIXELS, st.sampled_from(MODELS))
def test_what_is_said_is_valid_and_near_in_shape(
    ratio: float, pixels: int | None, model: object
) -> None:
    assert isinstance(model, type(MODELS[0]))
    said = word(model, Intent(ratio=ratio, pixels=pixels))
    checked = model.validate({"prompt": "a cat", **said.values})
    assert not checked.errors
    assert not [one for one in checked.warnings if one.value != "0.5K"]
    size = model.pixels(checked.request.values) if checked.request else None
    assert size
    assert abs(math.log(size.ratio / ratio)) < 0.05


def test_a_value_stays_exact_on_the_way_over_a_model_that_only_comes_near() -> None:
    gpt, gemini = find_model("gpt"), find_model("gemini")
    meant = read(gpt, {"size": "1920x1088", "quality": "high"})
    arrived = read(gemini, word(gemini, meant).values)
    unchanged = meant.moved(arrived, arrived)
    assert word(gpt, unchanged).values == {"size": "1920x1088", "quality": "high"}
    turned = meant.moved(arrived, read(gemini, {"size": "1K", "aspect_ratio": "9:16"}))
    back = word(gpt, turned).values
    assert back["quality"] == "high"
    size = Size.parse(back["size"])
    assert size
    assert size.height > size.width
    cleared = meant.moved(arrived, Intent(others={}))
    assert word(gpt, cleared).values == {"quality": "high"}
