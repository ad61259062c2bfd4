"""Images that wait for their bucket while another host has ended their jobs without them."""

import asyncio
from dataclasses import replace
from typing import Any

from tui.core.job import Result, Saved, State
from tui.services.engine.stranded import bring_in


async def test_an_image_that_is_here_brings_its_job_back(stage: Any) -> None:
    results = (Result(url="https://x/1"), Result(url="https://x/2"))
    ended = {"state": State.EXPIRED, "task_id": "t", "origin": "https://gateway.example"}
    there = Saved(
        path="s3://b/2.png", index=2, width=1, height=1, format="PNG", bytes=1, sha256="0" * 64
    )
    jobs = [
        replace(stage.job(**ended), **{"results": results, **facts})
        for facts in (
            {},
            {"files": (there,)},
            {"deleted": 1.0},
            {"state": State.DROPPED},
            {"results": ()},  # forgotten after some days: there is nothing to fetch any more
        )
    ]
    lacks = jobs[0]
    await stage.journal.add(jobs)
    waiting = [(job.id, 2) for job in reversed(jobs)] + [("0" * 32, 1)]
    stage.clock.jumps = False
    bringing = asyncio.create_task(bring_in(stage.work, lambda: waiting, stage.runner.taking.one))
    saved = await stage.until(lacks, lambda one: one.state is State.SAVED)
    assert len(saved.files) == 2
    assert {job.id for job in stage.seen} == {lacks.id}
    bringing.cancel()
