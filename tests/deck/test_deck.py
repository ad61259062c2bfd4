"""The whole way through one process, against the embedded gateway."""

import queue
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tui.core.job import Job, State
from tui.deck import Deck
from tui.models import MODELS, find_model
from tui.services.egress import EgressError
from tui.services.files import StorageError
from tui.services.places import Places
from tui.services.settings import Settings


@pytest.fixture
def places(tmp_path: Path) -> Places:
    return Places(
        config=tmp_path / "config",
        data=tmp_path / "data",
        state=tmp_path / "state",
        images=tmp_path / "images",
        demo=True,
    )


class Crew:
    """A deck with somebody who listens."""

    def __init__(self, places: Places, *, pace: float = 0.0, **settings: Any) -> None:
        self.news: queue.SimpleQueue[Job | str] = queue.SimpleQueue()
        given = {"output_dir": places.images, "base_url": "http://demo.invalid", **settings}
        self.deck = Deck(
            Settings(**given), places, None, publish=self.news.put, tell=self.news.put, pace=pace
        )

    def until_ended(self, jobs: list[Job]) -> dict[str, Job]:
        ended: dict[str, Job] = {}
        while len(ended) < len(jobs):
            job = self.news.get(timeout=60)
            if isinstance(job, Job) and job.state.is_end:
                ended[job.id] = job
        return ended


def request(model: str, **values: object) -> Any:
    checked = find_model(model).validate({"prompt": "灯塔 [/x]", **values})
    assert checked.request
    return checked.request


@pytest.fixture
def crew(places: Places) -> Iterator[Crew]:
    crew = Crew(places)
    with crew.deck:
        yield crew


def test_every_model_from_prompt_to_verified_images(crew: Crew, tmp_path: Path) -> None:
    jobs = [
        job
        for model in MODELS
        for job in crew.deck.new_jobs(request(model.id, **({"n": 2} if model.takes_count else {})))
    ]
    crew.deck.engine.add(jobs).result()
    ended = crew.until_ended(jobs)
    assert {job.state for job in ended.values()} == {State.SAVED}
    for job in ended.values():
        model = find_model(job.request.model)
        asked = model.pixels(job.request.values)
        assert len(job.files) == job.request.count
        for file in job.files:
            assert (file.width, file.height) == (asked.width, asked.height)
            assert Path(file.path).stat().st_size == file.bytes
    names = {path.name for path in (tmp_path / "images").iterdir()}
    assert len(names) == 2 * 5  # an image and a sidecar each
    assert not any(name.endswith(".part") for name in names)


def test_another_process_goes_on_where_one_was_cut_short(places: Places) -> None:
    first = Crew(places, pace=0.03)
    with first.deck:
        jobs = first.deck.new_jobs(request("gemini-pro"))
        first.deck.engine.add(jobs).result()
        while (job := first.news.get(timeout=60)) and job.state is not State.PENDING:
            pass
    second = Crew(places)
    with second.deck:
        [taken] = second.deck.follow()
        assert taken.task_id == job.task_id
        [ended] = second.until_ended(jobs).values()
    assert ended.state is State.SAVED


def test_an_output_folder_that_can_t_be_used_is_told_before(places: Places, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    crew = Crew(places, output_dir=tmp_path / "file")
    with crew.deck, pytest.raises(StorageError, match="file"):
        crew.deck.check_output()


def test_a_reference_is_checked_and_copied(crew: Crew, tmp_path: Path) -> None:
    jobs = crew.deck.new_jobs(request("gemini"))
    crew.deck.engine.add(jobs).result()
    [saved] = crew.until_ended(jobs).values()
    field = find_model("seedream").references
    references, faults = crew.deck.take_references(
        [saved.files[0].path, str(tmp_path / "none.png"), "https://example.com/a.png"], field
    ).result()
    assert [one.sha256 is None for one in references] == [False, True]
    assert [fault.field for fault in faults] == ["image"]
    checked = find_model("seedream").validate({"prompt": "p"}, references)
    jobs = crew.deck.new_jobs(checked.request)
    crew.deck.engine.add(jobs).result()
    [ended] = crew.until_ended(jobs).values()
    assert ended.state is State.SAVED


def test_an_engine_that_can_t_start_keeps_no_job_from_others(
    places: Places, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "none.pem"))
    crew = Crew(replace(places, demo=False))
    with pytest.raises(EgressError, match=r"none\.pem"):
        crew.deck.engine.start()
    assert not list(places.database.parent.glob("owners/*.lock"))
