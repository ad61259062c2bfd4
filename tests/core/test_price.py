from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.core.price import Price, dollars, millionths, total


@pytest.mark.parametrize(
    ("amount", "shown"),
    [
        ("0.1", "$0.10"),
        ("0.035", "$0.035"),
        ("10", "$10.00"),
        ("1E+2", "$100.00"),
        ("0.0054", "$0.0054"),
        ("0.2000", "$0.20"),
        ("0", "$0.00"),
    ],
)
def test_money_as_it_is_shown(amount: str, shown: str) -> None:
    assert str(Price(Decimal(amount))) == shown
    assert str(Price(Decimal(amount), guess=True)) == f"≈ {shown}"


def test_an_unknown_price_says_so() -> None:
    assert str(Price(None)) == "unknown"
    assert Price(None).times(4) == Price(None)


def test_cents_add_up_exactly() -> None:
    assert total([Price(Decimal("0.1")), Price(Decimal("0.2"))]) == Price(Decimal("0.3"))
    assert Price(Decimal("0.035")).times(3) == Price(Decimal("0.105"))
    assert total([]) == Price(Decimal(0))


def test_one_guess_makes_a_guess_and_one_unknown_an_unknown() -> None:
    known, guess = Price(Decimal(1)), Price(Decimal(2), guess=True)
    assert total([known, guess]) == Price(Decimal(3), guess=True)
    assert total([known, Price(None), guess]) == Price(None)
    assert guess.times(2) == Price(Decimal(4), guess=True)


amounts = st.decimals(min_value=0, max_value=100, places=6)


@given(st.lists(st.tuples(amounts, st.integers(1, 1000)), max_size=20))
def test_any_sum_is_exact_in_whatever_order_and_grouping(parts: list[tuple[Decimal, int]]) -> None:
    # Whole millionths are what the exact sum is counted in, apart from any Decimal.
    exact = sum(millionths(amount) * count for amount, count in parts)
    each = [Price(amount).times(count) for amount, count in parts]
    assert total(each) == total(reversed(each)) == Price(dollars(exact))
    assert total([total(each[:3]), total(each[3:])]).amount == dollars(exact)
    single = [Price(amount) for amount, count in parts for _ in range(min(count, 5))]
    few = [Price(amount).times(min(count, 5)) for amount, count in parts]
    assert total(single) == total(few)
