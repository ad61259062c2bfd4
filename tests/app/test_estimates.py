from decimal import Decimal
from typing import Any

import pytest

from tui.app.estimates import estimate_line
from tui.core.budget import Left
from tui.core.model import Model
from tui.core.price import Price
from tui.models import GEMINI_FLASH, GPT_IMAGE, SEEDREAM


@pytest.mark.parametrize(
    ("model", "values", "line"),
    [
        (SEEDREAM, {}, "2048x2048 · 1 image · est. $0.035 (2026-11) · ~25 s"),
        (GEMINI_FLASH, {"size": "4K"}, "4096x4096 · 1 image · est. $0.151 (2026-11) · ~15 s"),
        (
            GPT_IMAGE,
            {"size": "1024x1536", "quality": "high", "n": 10},
            "1024x1536 · 10 images · est. $1.65 (2026-11) · ~140 s",
        ),
        (GPT_IMAGE, {"size": "auto"}, "size left open · 1 image · est. ≈ $0.053 (2026-11) · ~50 s"),
    ],
)
def test_one_line_says_it_all(model: Model, values: dict[str, Any], line: str) -> None:
    request = model.validate({"prompt": "a cat", **values}).request
    assert request
    price, seconds = model.price(request), model.typical(request.values)
    assert estimate_line(request, price, seconds, room=80) == line
    # What is cut first is the date.
    assert estimate_line(request, price, seconds, room=50) == line.replace(" (2026-11)", "")


def test_a_price_of_ones_own_and_what_nobody_knows() -> None:
    request = SEEDREAM.validate({"prompt": "a cat"}).request
    assert request
    own = estimate_line(request, Price(Decimal("0.5")), 240, room=80, as_of="2027-01")
    assert own == "2048x2048 · 1 image · est. $0.50 (2027-01) · ~4 min"
    assert estimate_line(request, Price(None), None, room=80) == (
        "2048x2048 · 1 image · price unknown"
    )


@pytest.mark.parametrize(
    ("room", "line"),
    [
        (80, "2048x2048 · 1 image · est. $0.035 (2026-11) · ~25 s · the same as 0123456789"),
        (70, "2048x2048 · 1 image · est. $0.035 · ~25 s · the same as 0123456789"),
        (55, "1 image · est. $0.035 · ~25 s · the same as 0123456789"),
        (50, "est. $0.035 · ~25 s · the same as 0123456789"),
        (10, "est. $0.035 · the same as 0123456789"),
    ],
)
def test_the_price_stays_beside_what_was_sent_already(room: int, line: str) -> None:
    request = SEEDREAM.validate({"prompt": "a cat"}).request
    assert request
    told = "the same as 0123456789"
    assert estimate_line(request, SEEDREAM.price(request), 25, room=room, told=told) == line


@pytest.mark.parametrize(
    ("room", "left", "told", "line"),
    [
        (80, "4.2", "", "2048x2048 · 1 image · est. $0.035 (2026-11) · ~25 s · $4.20 left today"),
        (53, "4.2", "", "1 image · est. $0.035 · ~25 s · $4.20 left today"),
        (53, "4.2", "the same as 0123456789", "est. $0.035 · the same as 0123456789"),
        (53, "0.035", "", "1 image · est. $0.035 · ~25 s · $0.035 left today"),
        (53, "0.0349", "", "est. $0.035 · ~25 s · over budget: $0.034 left today"),
        (53, "-1", "the same as 0123456789", "est. $0.035 · over budget: $0.00 left today"),
    ],
)
def test_what_the_budget_leaves_stands_beside_the_price(
    room: int, left: str, told: str, line: str
) -> None:
    request = SEEDREAM.validate({"prompt": "a cat"}).request
    assert request
    price, budget = SEEDREAM.price(request), Left("day", Decimal(left))
    assert estimate_line(request, price, 25, room=room, told=told, left=budget) == line


def test_without_a_price_a_budget_keeps_everything_unsent() -> None:
    request = SEEDREAM.validate({"prompt": "a cat"}).request
    assert request
    line = estimate_line(request, Price(None), 25, room=60, left=Left("month", Decimal(9)))
    assert line == "price unknown · ~25 s · not sent: the budget needs a price"
