import itertools
import math
import runpy
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tui.core.request import Request
from tui.core.schedule import Typical, backoff, kind_of, learn, next_poll

_BENCH = Path(__file__).parents[2] / "bench" / "schedule.py"
_JITTER = st.floats(-1, 1)
_TYPICAL = st.builds(Typical, st.floats(0.05, 10_000), st.floats(0.05, 3))


@given(st.one_of(st.none(), st.floats(0, 1e6)), _TYPICAL, _JITTER)
def test_gaps_stay_within_their_bounds(
    running: float | None, typical: Typical, jitter: float
) -> None:
    assert 0.25 <= next_poll(running, typical, jitter) <= 12


@given(_JITTER)
def test_while_pending_it_looks_every_two_seconds(jitter: float) -> None:
    assert next_poll(None, Typical(25), jitter) == pytest.approx(2, rel=0.2)


def test_it_looks_often_when_the_end_is_likely() -> None:
    typical = Typical(25, 0.15)
    assert next_poll(0, typical, 0) > 9
    assert next_poll(25, typical, 0) < 0.7


@given(_TYPICAL, st.floats(0, 1e6))
@example(Typical(1.0, 0.5), 5e-324)
def test_the_hazard_is_a_finite_chance(typical: Typical, seconds: float) -> None:
    assert 0 <= typical.hazard(seconds) < math.inf


def test_the_hazard_goes_on_into_the_tail_without_a_step() -> None:
    typical = Typical(25, 0.15)
    tail = [typical.hazard(one / 10) for one in range(500, 1500)]
    assert all(abs(two / one - 1) < 0.03 for one, two in itertools.pairwise(tail))


@pytest.mark.parametrize(
    ("errors", "seconds"), [(1, 0.5), (2, 1), (3, 2), (7, 32), (8, 60), (100, 60), (10**6, 60)]
)
def test_errors_double_the_wait_up_to_a_minute(errors: int, seconds: float) -> None:
    assert backoff(errors, 0) == seconds
    assert backoff(errors, 1) == pytest.approx(seconds * 1.2)
    assert backoff(errors, -1) == pytest.approx(seconds * 0.8)


def test_below_ten_jobs_the_declared_time_counts() -> None:
    assert learn([3.0] * 9, 25) == Typical(25)
    assert learn([3.0] * 10, 25).learned


def test_it_learns_median_and_spread_of_the_newest_fifty() -> None:
    newest = [20.0, 30.0] * 25
    learned = learn([*newest, *[900.0] * 100], 7)
    assert learned.median == pytest.approx(math.sqrt(600))
    assert learned.sigma == pytest.approx(math.log(1.5) / 2, rel=0.05)


@given(st.lists(st.floats(0, 1e5), min_size=10, max_size=60))
def test_whatever_was_measured_it_learns_something_usable(durations: list[float]) -> None:
    learned = learn(durations, 25)
    assert learned.median > 0
    assert learned.sigma >= 0.05


def test_size_and_quality_make_a_kind() -> None:
    values = {"prompt": "x", "size": "1024x1024", "quality": "low"}
    assert kind_of(Request(model="m", values=values)) == "1024x1024 low"
    assert kind_of(Request(model="m", values={"prompt": "x", "quality": "low"})) == "low"
    assert kind_of(Request(model="m", values={"prompt": "x"})) == ""


@pytest.fixture(scope="module")
def bench() -> dict[str, Any]:
    if not _BENCH.exists():
        pytest.skip("bench/ is not here")
    return runpy.run_path(str(_BENCH))


def test_in_simulation_it_beats_every_fixed_schedule_threefold(bench: dict[str, Any]) -> None:
    ours = bench["after"](50, 8000)
    work = bench["tasks"](1000, 1)
    assert ours.product <= 5.2
    assert ours.polls <= 20
    assert ours.lag <= 0.3
    rivals = {
        name: bench["measure"](policy, work).product for name, policy in bench["RIVALS"].items()
    }
    assert min(rivals.values()) >= 2.9 * ours.product
    assert max(rivals, key=rivals.__getitem__).startswith("backoff")
