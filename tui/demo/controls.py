"""The endpoints by which tests steer the embedded gateway."""

import asyncio
import json
from pathlib import Path

from starlette.requests import Request

from tui.demo.answer import Answer, RefusedError, json_answer
from tui.demo.faults import FaultPlan, UnknownFaultError
from tui.demo.ledger import read_ledger


class Controls:
    """The ledger to read, the faults to read or to replace."""

    def __init__(self, folder: Path, plan: FaultPlan) -> None:
        self._folder = folder
        self._plan = plan

    async def ledger(self, _request: Request) -> Answer:
        """Return the whole ledger."""
        ledger = await asyncio.to_thread(read_ledger, self._folder)
        return json_answer(ledger.as_json())

    async def faults(self, request: Request) -> Answer:
        """Return the faults in force; a PUT with a JSON list of lines replaces them first."""
        if request.method == "PUT":
            try:
                self._plan.replace(_lines(await request.body()))
            except ValueError as error:
                code = "unknown_fault" if isinstance(error, UnknownFaultError) else "invalid_json"
                raise RefusedError(400, str(error), code) from error
        return json_answer(self._plan.lines)


def _lines(body: bytes) -> list[str]:
    lines = json.loads(body)
    if not isinstance(lines, list) or not all(isinstance(line, str) for line in lines):
        raise ValueError("The body must be a JSON list of faults, each a line of text.")
    return lines
