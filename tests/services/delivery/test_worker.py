"""What a worker does with a row that it was given."""

import asyncio
from types import SimpleNamespace
from typing import Any, cast

import pytest

pytest.importorskip("procrastinate", reason="imagedeck[shared] is not installed")

from tui.core.home import Home
from tui.services.delivery.worker import DeliveryWorker, Terms
from tui.services.journal.protocol import DamagedError


async def test_a_job_that_can_not_be_read_takes_up_no_place(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def one(_job_id: str) -> None:
        raise DamagedError("its row is damaged")

    terms = Terms(
        url="",
        owner="o",
        home=Home("default", "https://gateway.example"),
        fingerprint=None,
        unsent=1,
        most=1,
    )
    worker = DeliveryWorker(terms, cast("Any", None), lambda _event, _text: None)
    worker._runner = cast("Any", SimpleNamespace(taking=SimpleNamespace(one=one)))
    await asyncio.wait_for(worker._advance("0" * 32), 10)
    assert "its row is damaged" in caplog.text
