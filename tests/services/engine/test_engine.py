from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from tui.services.engine.engine import Engine
from tui.services.engine.runner import Widths
from tui.services.engine.work import Work


def test_what_opening_the_services_raised_is_raised_by_start() -> None:
    @asynccontextmanager
    async def broken() -> AsyncIterator[Work]:
        raise FileNotFoundError("no certificates")
        yield

    engine = Engine(broken, lambda _job: None, Widths())
    with pytest.raises(FileNotFoundError, match="no certificates"):
        engine.start()
    engine.close()
