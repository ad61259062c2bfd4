from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from decimal import Decimal
from typing import Any

import pytest

from tui.app.widgets.estimate import EstimateLine
from tui.core.model import Model
from tui.models import GEMINI_FLASH, GPT_IMAGE, SEEDREAM

Hosted = Callable[..., AbstractAsyncContextManager[Any]]
ScreenText = Callable[[Any], str]


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
async def test_one_line_says_it_all(
    hosted: Hosted, screen_text: ScreenText, model: Model, values: dict[str, Any], line: str
) -> None:
    async with hosted(EstimateLine(), size=(80, 1)) as pilot:
        request = model.validate({"prompt": "a cat", **values}).request
        pilot.app.query_one(EstimateLine).show(request)
        await pilot.pause()
        assert screen_text(pilot.app) == line + "\n"


async def test_own_prices_their_date_and_learned_times_count(
    hosted: Hosted, screen_text: ScreenText
) -> None:
    async with hosted(EstimateLine(), size=(80, 1)) as pilot:
        line = pilot.app.query_one(EstimateLine)
        request = SEEDREAM.validate({"prompt": "a cat"}).request
        line.show(request, {"image": Decimal("0.5")}, as_of="2027-01", seconds=240)
        await pilot.pause()
        assert "est. $0.50 (2027-01) · ~4 min" in screen_text(pilot.app)
        line.show(request, {})
        await pilot.pause()
        assert "price unknown" in screen_text(pilot.app)
        line.show(None)
        await pilot.pause()
        assert screen_text(pilot.app) == "no estimate yet\n"
