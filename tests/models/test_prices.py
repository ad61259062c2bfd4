"""Prices, pixels and times, as the models' makers publish them."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.core.model import Model
from tui.core.price import Price, dollars, millionths
from tui.core.request import Request
from tui.core.size import Size
from tui.models import MODELS, find_model
from tui.models.gpt_image import GPT_IMAGE


def _request(model: str, **values: str | int) -> Request:
    request = find_model(model).validate({"prompt": "x", **values}).request
    assert request
    return request


@pytest.mark.parametrize(
    ("model", "values", "price"),
    [
        ("seedream", {}, "0.035"),
        ("seedream", {"size": "2560x1440"}, "0.035"),
        ("gemini", {}, "0.067"),
        ("gemini", {"size": "0.5K"}, "0.045"),
        ("gemini", {"size": "2K"}, "0.101"),
        ("gemini", {"size": "4K"}, "0.151"),
        ("gemini-pro", {"size": "1K"}, "0.134"),
        ("gemini-pro", {"size": "2K"}, "0.134"),
        ("gemini-pro", {"size": "4K"}, "0.24"),
        ("gpt", {"quality": "low"}, "0.006"),
        ("gpt", {"quality": "medium"}, "0.053"),
        ("gpt", {"quality": "high"}, "0.211"),
        ("gpt", {"quality": "low", "size": "1024x1536"}, "0.005"),
        ("gpt", {"quality": "medium", "size": "1536x1024"}, "0.041"),
        ("gpt", {"quality": "high", "size": "1024x1536"}, "0.165"),
        ("gpt", {"quality": "medium", "n": 3}, "0.159"),
    ],
)
def test_known_prices(model: str, values: dict[str, str | int], price: str) -> None:
    assert find_model(model).price(_request(model, **values)) == Price(Decimal(price))


@pytest.mark.parametrize(
    ("values", "price"),
    [
        ({}, "0.053"),
        ({"size": "auto", "quality": "low"}, "0.006"),
        ({"size": "2048x2048", "quality": "medium"}, "0.212"),
        ({"size": "2048x2048", "quality": "medium", "n": 10}, "2.12"),
        ({"size": "1024x1536"}, "0.041"),
    ],
)
def test_guesses_are_marked(values: dict[str, str | int], price: str) -> None:
    assert GPT_IMAGE.price(_request("gpt", **values)) == Price(Decimal(price), guess=True)


def test_unknown_prices() -> None:
    assert find_model("gemini-pro").price(_request("gemini-pro", size="0.5K")) == Price(None)
    assert GPT_IMAGE.price(_request("gpt"), {}) == Price(None)
    assert find_model("seedream").price(_request("seedream"), {}) == Price(None)


def test_a_table_of_ones_own() -> None:
    table = {"1024x1024 medium": Decimal("0.02")}
    assert GPT_IMAGE.price(_request("gpt", quality="medium"), table) == Price(Decimal("0.02"))


_AT_1K = {
    "1:1": (1024, 1024),
    "2:3": (848, 1264),
    "3:2": (1264, 848),
    "3:4": (896, 1200),
    "4:3": (1200, 896),
    "9:16": (768, 1376),
    "16:9": (1376, 768),
}


@pytest.mark.parametrize("model", ["gemini", "gemini-pro"])
@pytest.mark.parametrize(("size", "half"), [("0.5K", 1), ("1K", 2), ("2K", 4), ("4K", 8)])
@pytest.mark.parametrize(("ratio", "sides"), _AT_1K.items())
def test_gemini_pixels(
    model: str, size: str, half: int, ratio: str, sides: tuple[int, int]
) -> None:
    values = _request(model, size=size, aspect_ratio=ratio).values
    expected = Size(sides[0] * half // 2, sides[1] * half // 2)
    assert find_model(model).pixels(values) == expected


@pytest.mark.parametrize(
    ("model", "values", "size"),
    [
        ("gemini", {}, Size(1024, 1024)),
        ("seedream", {}, Size(2048, 2048)),
        ("seedream", {"size": "2560x1440"}, Size(2560, 1440)),
        ("seedream", {"size": "2K"}, None),
        ("gpt", {}, Size(1024, 1024)),
        ("gpt", {"size": "1024x1536"}, Size(1024, 1536)),
        ("gpt", {"size": "auto"}, None),
    ],
)
def test_pixels(model: str, values: dict[str, str | int], size: Size | None) -> None:
    assert find_model(model).pixels(_request(model, **values).values) == size


@pytest.mark.parametrize(
    ("model", "values", "seconds"),
    [
        ("seedream", {}, 25),
        ("gemini", {}, 15),
        ("gemini-pro", {}, 40),
        ("gpt", {}, 50),
        ("gpt", {"quality": "low"}, 20),
        ("gpt", {"quality": "high"}, 140),
    ],
)
def test_typical_times(model: str, values: dict[str, str | int], seconds: float) -> None:
    assert find_model(model).typical(_request(model, **values).values) == seconds


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.id)
def test_a_stored_request_of_another_version_can_still_be_shown(model: Model) -> None:
    values = {one.name: "a value of next year" for one in model.fields if one.name != "n"}
    request = Request(model=model.id, values=values)
    assert model.pixels(request.values) is None
    assert model.typical(request.values) > 0
    assert model.price(request).amount in {None, *model.prices.values()}


_STEPS = st.integers(32, 120).map(lambda steps: steps * 16)  # pixels


@given(_STEPS, _STEPS, st.sampled_from(["low", "medium", "high"]), st.integers(1, 10))
def test_the_price_of_several_images_is_that_of_one_as_often(
    width: int, height: int, quality: str, count: int
) -> None:
    values = {"prompt": "x", "size": f"{width}x{height}", "quality": quality}
    one = GPT_IMAGE.price(Request(model=GPT_IMAGE.id, values=values)).amount
    many = GPT_IMAGE.price(Request(model=GPT_IMAGE.id, values={**values, "n": count})).amount
    assert isinstance(one, Decimal)
    assert many == one * count == sum([one] * count)
    # Nothing is rounded away between the estimate and the ledger.
    assert dollars(millionths(one)) == one
