from collections.abc import Callable
from typing import Any

Deck = Callable[..., Any]


def test_the_best_of_a_comparison_is_kept_changed_and_taken_back(
    deck: Deck, at_gateway: Any
) -> None:
    at_gateway()
    models = ("-m", "gpt", "-m", "gemini", "-m", "seedream")
    made = deck("compare", "a boat", *models, "--json").objects
    jobs = {one["model"]: one["job"][-10:] for one in made}
    ran = deck("vote", jobs["gpt-image-2"])
    assert ran.code == 0
    said = {line.split()[1]: line.split()[2] for line in ran.lines[1:]}
    assert said == {
        "gpt-image-2": "won",
        "gemini-3.1-flash-image": "lost",
        "seedream-5.0-lite": "lost",
    }
    (won,) = deck("jobs", "--search", "vote:won", "--json").objects
    assert won["model"] == "gpt-image-2"
    assert "vote       won" in deck("show", jobs["gpt-image-2"]).out
    assert deck("vote", jobs["gpt-image-2"], "--tie", "--json").objects[0]["vote"] == "tied"
    assert deck("vote", jobs["seedream-5.0-lite"]).code == 0
    table = deck("stats").lines
    at = next(at for at, line in enumerate(table) if line.startswith("MODEL"))
    assert table[at].split() == ["MODEL", "VOTES", "WON", "TIED", "WINS", "MEDIAN", "A", "JOB"]
    assert table[at + 1].split()[:5] == ["seedream-5.0-lite", "1", "1", "–", "100%"]
    assert "$0.035" in table[at + 1]
    stats = {one["model"]: one for one in deck("stats", "--by", "model", "--json").objects}
    assert (stats["gpt-image-2"]["votes"], stats["gpt-image-2"]["win_rate"]) == (1, 0.0)
    both = deck("vote", jobs["gpt-image-2"], "--tie", "--none")
    assert (both.code, both.out) == (2, "")
    assert "Give only one of --best, --tie, --none and --undo." in both.err
    assert deck("vote", jobs["gpt-image-2"], "--undo").code == 0
    assert "VOTES" not in deck("stats").out


def test_a_job_without_others_is_nothing_to_vote_on(deck: Deck, at_gateway: Any) -> None:
    at_gateway()
    (alone,) = deck("generate", "gpt", "a boat", "--quality", "low", "--json").objects[-1:]
    ran = deck("vote", alone["job"])
    assert (ran.code, ran.out) == (2, "")
    assert "has no group with images to compare it with" in ran.err
