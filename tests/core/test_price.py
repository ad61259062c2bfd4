from decimal import Decimal

import pytest

from tui.core.price import Price, total


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
