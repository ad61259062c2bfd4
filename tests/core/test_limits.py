from tui.core.limits import NO_LIMITS, Limits


def test_what_is_full_is_said_and_what_is_free_counted() -> None:
    limits = Limits(3, {"gpt": 1}, rate=0.5)
    assert (limits.free("gpt", {}), limits.free("gemini", {"gpt": 1})) == (1, 2)
    assert (limits.free("gpt", {"gpt": 2}), limits.free("gemini", {"gpt": 4})) == (0, 0)
    assert limits.waits("gpt", {"gpt": 1}) == "1 of 1 jobs of gpt are in flight"
    assert limits.waits("gemini", {"gpt": 1}) == "0.5 are sent a second"
    assert limits.waits("gemini", {"gpt": 1, "x": 2}) == "3 of 3 jobs are in flight"
    assert limits.interval == 2.0


def test_without_limits_nothing_waits() -> None:
    assert not NO_LIMITS.bound_flight
    assert NO_LIMITS.free("gpt", {"gpt": 10**6}) > 10**6
    assert (NO_LIMITS.waits("gpt", {}), NO_LIMITS.interval) == ("", 0.0)
