"""What an export holds of each image."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tui.core.job import Job, Saved


@dataclass(frozen=True, slots=True)
class Item:
    """One image of one job; `name` is what its file is called in the export."""

    job: Job
    saved: Saved
    name: str

    @property
    def parameters(self) -> dict[str, str]:
        """The fields that were set, the prompt aside."""
        values = self.job.request.values
        return {name: str(value) for name, value in values.items() if name != "prompt"}

    def as_record(self) -> dict[str, Any]:
        """Return it as JSON values: no key, no address of a result."""
        job, saved = self.job, self.saved
        return {
            "job": job.id,
            "index": saved.index,
            "model": job.request.model,
            "prompt": job.prompt,
            "values": dict(job.request.values),
            "references": [
                {"name": one.name, "sha256": one.sha256} for one in job.request.references
            ],
            "group": job.group,
            "task_id": job.task_id,
            "created": _moment(job.created),
            "finished": _moment(job.finished),
            "vote": job.vote,
            "submitter": job.submitter,
            "price": None if job.price is None else f"{job.price:f}",
            "file": self.name,
            "path": saved.path,
            "width": saved.width,
            "height": saved.height,
            "format": saved.format,
            "bytes": saved.bytes,
            "sha256": saved.sha256,
        }


def items_of(jobs: Iterable[Job]) -> Iterator[Item]:
    """Go through the images of jobs; files of the same name get a number."""
    taken: set[str] = set()
    for job in jobs:
        for saved in job.files:
            path = Path(saved.path)
            name, number = path.name, 1
            # Some disks don't tell upper from lower case.
            while name.casefold() in taken:
                number += 1
                name = f"{path.stem}_{number}{path.suffix}"
            taken.add(name.casefold())
            yield Item(job, saved, name)


def _moment(unix: float | None) -> str | None:
    return None if unix is None else datetime.fromtimestamp(unix, UTC).isoformat()
