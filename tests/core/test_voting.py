from collections.abc import Sequence
from decimal import Decimal

from tui.core.job import State
from tui.core.stats import Entry, contests
from tui.core.voting import Outcome, votes


def entry(model: str, vote: str | None, seconds: float = 10.0) -> Entry:
    key = ("2026-11-26", model)
    return Entry(key, State.SAVED, Decimal("0.05"), seconds, was_accepted=True, vote=vote)


def test_a_vote_is_on_some_and_takes_an_earlier_one_from_the_rest() -> None:
    group, among = ["a", "b", "c"], ["a", "b"]
    assert votes(group, among, "a") == {"a": "won", "b": "lost", "c": None}
    assert votes(group, among, Outcome.TIE) == {"a": "tied", "b": "tied", "c": None}
    assert votes(group, among, Outcome.NONE) == {"a": "lost", "b": "lost", "c": None}
    assert votes(group, among, None) == {"a": None, "b": None, "c": None}


def test_models_stand_by_what_they_won_with_their_times_and_prices() -> None:
    def said(model: str, words: Sequence[str | None]) -> list[Entry]:
        return [entry(model, word, 10.0 + at) for at, word in enumerate(words)]

    found = contests(
        [*said("slow", ["lost", "tied", "lost", None]), *said("good", ["won", "tied", "won"])], 1
    )
    assert list(found) == ["good", "slow"]
    assert found["good"].vote_cells == ("3", "2", "1", "83%", "11s", "$0.05")
    assert found["slow"].vote_cells == ("3", "0", "1", "17%", "11s", "$0.05")
    assert contests([entry("good", None)], 1) == {}
