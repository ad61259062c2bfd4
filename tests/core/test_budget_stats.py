from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.core.budget import Caps, Spent, excess, least_left, objection, overspending
from tui.core.job import State
from tui.core.price import Price, dollars, millionths
from tui.core.stats import Entry, figures

amounts = st.decimals(min_value=0, max_value=10_000, places=6)


@given(st.lists(amounts, max_size=30))
def test_sums_of_millionths_are_the_sums_of_the_prices(prices: list[Decimal]) -> None:
    assert dollars(sum(map(millionths, prices))) == sum(prices)


def test_less_than_a_millionth_is_rounded_up() -> None:
    assert millionths(Decimal("0.0000001")) == 1


@given(st.lists(amounts.map(lambda one: one / 100), max_size=30), amounts)
def test_a_cap_is_never_exceeded_and_only_stops_what_would(
    prices: list[Decimal], cap: Decimal
) -> None:
    spent = Decimal(0)
    for price in prices:
        if found := excess(Caps(day=cap), Spent(day=spent), price):
            assert spent + price > cap
            assert "the day's budget of $" in str(found)
        else:
            spent += price
    assert spent <= cap


def test_ten_cents_three_times_are_thirty_cents() -> None:
    caps, tenth = Caps(run=Decimal("0.3")), Decimal("0.1")
    assert excess(caps, Spent(run=tenth + tenth), tenth) is None
    assert str(excess(caps, Spent(run=Decimal("0.3")), tenth)) == (
        "the run's budget of $0.30 has $0.00 left"
    )


def test_of_several_caps_the_one_counts_that_leaves_the_least() -> None:
    spent = Spent(run=Decimal("0.5"), day=Decimal(3), month=Decimal("99.0004"))
    caps = Caps(run=Decimal(5), day=Decimal(20), month=Decimal(100))
    assert str(least_left(caps, spent)) == "$0.999 left this month"
    assert str(least_left(Caps(run=Decimal(5)), spent)) == "$4.50 left this run"
    assert str(least_left(Caps(day=Decimal(2)), spent)) == "$0.00 left today"
    assert least_left(Caps(), spent) is None


def entry(state: State, **facts: object) -> Entry:
    given = {"key": ("gpt",), "price": Decimal("0.1"), "seconds": None, "was_accepted": True}
    return Entry(state=state, **{**given, **facts})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("state", "accepted", "spent", "maybe"),
    [
        (State.QUEUED, False, 0, 0),
        (State.DROPPED, False, 0, 0),
        (State.SUBMITTING, False, 0, 1),
        (State.PENDING, True, 1, 0),
        (State.SAVED, True, 1, 0),
        (State.LOST, True, 1, 0),
        (State.EXPIRED, True, 1, 0),
        (State.UNKNOWN, False, 0, 1),
        (State.FAILED, True, 0, 1),
        (State.FAILED, False, 0, 0),
    ],
)
def test_what_is_spent_and_what_may_be(
    state: State, accepted: bool, spent: int, maybe: int
) -> None:
    (found,) = figures([entry(state, was_accepted=accepted)]).values()
    assert (found.spent, found.maybe) == (spent * Decimal("0.1"), maybe * Decimal("0.1"))
    (unpriced,) = figures([entry(state, was_accepted=accepted, price=None)]).values()
    assert unpriced.unpriced == spent + maybe


def test_success_median_and_p95_are_those_of_what_ended() -> None:
    entries = [entry(State.SAVED, seconds=float(one)) for one in range(1, 21)]
    entries += [
        entry(State.FAILED),
        entry(State.UNKNOWN),
        entry(State.PENDING),
        entry(State.DROPPED),
    ]
    (found,) = figures(entries).values()
    assert (found.jobs, found.saved, found.failed, found.unknown) == (24, 20, 1, 1)
    assert found.success == 20 / 22
    assert (found.median, found.p95) == (10.0, 19.0)
    (none,) = figures([entry(State.QUEUED)]).values()
    assert (none.success, none.median, none.p95) == (None, None, None)


def test_what_is_over_a_budget_is_refused_in_the_same_words_everywhere() -> None:
    caps, spent = Caps(day=Decimal(1)), Spent(day=Decimal("0.9"))
    assert overspending(Caps(), spent, None) == objection(Caps(), spent, Price(None)) == ""
    assert overspending(caps, spent, Decimal("0.1")) == ""
    left = "the day's budget of $1.00 has $0.10 left"
    assert overspending(caps, spent, Decimal("0.2")) == left
    said = objection(caps, spent, Price(Decimal("0.2")))
    assert said == f"It costs $0.20 by estimate, and {left}"
    unpriced = "its price is unknown, and there is a budget to keep"
    assert overspending(caps, spent, None) == unpriced
    assert objection(caps, spent, Price(None)).endswith(f"or lift the budget: {unpriced}")
