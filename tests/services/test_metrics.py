"""The numbers for Prometheus: what is heard is counted, how things stand is asked."""

import pytest

metrics = pytest.importorskip("tui.services.metrics", reason="imagedeck[shared] is not installed")

from tui.core.job import ErrorKind, Saved, State  # noqa: E402 - prometheus-client may not be there
from tui.services.gateway.outcome import (  # noqa: E402
    Accepted,
    Ambiguous,
    Limited,
    Missing,
    NotSent,
    Progress,
    Refused,
    Trouble,
)


def test_each_outcome_has_a_number_from_the_start() -> None:
    meter = metrics.Meter()
    value = meter.registry.get_sample_value
    outcomes = [
        Accepted("t"), Refused(ErrorKind.REFUSED, "no"), Limited("later"), NotSent("no way"),
        Ambiguous("?"),
    ]  # fmt: skip
    names = ["accepted", "refused", "limited", "not_sent", "unknown"]
    for name, outcome in zip(names, outcomes, strict=True):
        assert value("imagedeck_submissions_total", {"outcome": name}) == 0
        meter.submitted(outcome)
        assert value("imagedeck_submissions_total", {"outcome": name}) == 1
    for look in (Progress("processing"), Missing("?"), Trouble("?")):
        meter.looked(look, 0.2)
    assert value("imagedeck_poll_seconds_count") == 3
    assert value("imagedeck_polls_total", {"outcome": "failed"}) == 1
    for state in State:
        assert value("imagedeck_jobs_ended_total", {"state": state}) == (
            0 if state.is_end else None
        )


def test_images_lag_and_commits_add_up() -> None:
    meter = metrics.Meter()
    value = meter.registry.get_sample_value
    image = Saved(path="x", index=1, width=1, height=1, format="PNG", bytes=70, sha256="0")
    meter.saved(image, 0.5)
    meter.saved(None, 9.0)
    meter.came_late(-0.001)
    meter.came_late(0.3)
    meter.committed(5, 0.004)
    assert value("imagedeck_images_saved_total") == 1
    assert value("imagedeck_image_bytes_total") == 70
    assert value("imagedeck_image_failures_total") == 1
    assert value("imagedeck_poll_lag_seconds_sum") == pytest.approx(0.3)
    assert value("imagedeck_changes_total") == 5
    assert value("imagedeck_commit_seconds_bucket", {"le": "0.005"}) == 1


def test_how_things_stand_is_asked_when_somebody_wants_to_know() -> None:
    meter = metrics.Meter()
    value = meter.registry.get_sample_value
    assert value("imagedeck_database_up") == 0
    meter.standing = lambda: metrics.Standing(
        jobs={State.PENDING: 3},
        waiting={"look": 2},
        stored={State.QUEUED: 9},
        spent=1.25,
        retries=4,
        is_held=True,
    )
    assert value("imagedeck_jobs", {"state": "pending"}) == 3
    assert value("imagedeck_waiting", {"step": "look"}) == 2
    assert value("imagedeck_database_jobs", {"state": "queued"}) == 9
    assert value("imagedeck_database_up") == 1
    assert value("imagedeck_spent_dollars") == 1.25
    assert value("imagedeck_database_retries_total") == 4
    assert value("imagedeck_held") == 1
