"""Who brings jobs to a runner hears when one is followed no more."""

from collections.abc import Callable

from tui.core.job import Job
from tui.services.engine.followed import Followed


def test_what_is_left_is_told_with_its_last_snapshot(make_job: Callable[[], Job]) -> None:
    followed, heard, job = Followed(), [], make_job()
    followed.on_left = lambda job_id, last: heard.append((job_id, last))
    followed.put(job)
    assert followed[job.id] is job
    assert [*followed] == [job.id]
    followed.leave(job.id, job)
    assert not followed
    followed.put(job)
    followed.leave(job.id)
    assert heard == [(job.id, job), (job.id, None)]
