"""`imagedeck doctor`: what it finds, and what it says to do about it."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tui.app.ladder import Choice
from tui.cli.doctor.machine import file_system_check
from tui.cli.doctor.screen import graphics, locale_check
from tui.cli.doctor.way import clock_check, gateway_check
from tui.core.picture import Graphics
from tui.core.size import Size
from tui.services.gateway.reach import Reached

Deck = Callable[..., Any]


def test_a_healthy_demo_has_no_findings(deck: Deck) -> None:
    ran = deck("doctor", "--demo")
    assert ran.code == 0, ran.out
    assert ran.lines[-1] == "All is well."
    for word in ("terminal", "locale", "key", "gateway", "disk (images)", "file system", "decoder"):
        assert f"ok   {word}" in ran.out
    records = deck("doctor", "--demo", "--json").objects
    assert {one["check"] for one in records} >= {"terminal", "key", "gateway", "decoder"}
    assert all(one["ok"] and one["do"] is None and one["says"] for one in records)


def test_a_key_that_is_missing_or_refused_is_found(at_gateway: Deck, deck: Deck) -> None:
    at_gateway(key="the-right-key-0000")
    ran = deck("doctor")
    assert ran.code == 1
    assert "FIX  gateway" in ran.out
    assert "refuses the key" in ran.out
    assert "`imagedeck key set`" in ran.out
    assert "ok   clock" in ran.out
    assert "1 finding." in ran.out


def test_a_gateway_that_is_not_there_and_no_key_are_found(deck: Deck) -> None:
    ran = deck("doctor", "--base-url", "http://127.0.0.1:9", "--json")
    assert ran.code == 1
    found = {one["check"]: one for one in ran.objects if not one["ok"]}
    assert set(found) == {"key", "gateway"}
    assert "--base-url" in found["gateway"]["do"]


def test_nothing_is_submitted(at_gateway: Deck, deck: Deck) -> None:
    gateway = at_gateway()
    assert deck("doctor").code == 0
    assert not gateway.ledger().accepted


def test_folders_are_looked_at(deck: Deck, home: Path) -> None:
    (home / "Pictures").write_text("in the way")
    ran = deck("doctor", "--demo", "--json")
    (found,) = [one for one in ran.objects if not one["ok"]]
    assert found["check"] == "disk (images)"
    assert "--output-dir" in found["do"]


@pytest.mark.parametrize(
    ("encoding", "environ", "words"),
    [("utf-8", {"LANG": "C.UTF-8"}, ""), ("iso8859-1", {"LANG": "de_DE"}, "LANG=C.UTF-8")],
)
def test_a_locale_without_utf_8_is_a_finding(
    encoding: str, environ: dict[str, str], words: str
) -> None:
    check = locale_check(encoding, environ)
    assert check.is_fine is not bool(words)
    assert words in check.do


@pytest.mark.parametrize(
    ("reached", "told"),
    [
        (Reached(402), "Top up"),
        (Reached(502), "Wait"),
        (Reached(302), "follows no redirects"),
        (Reached(problem="ConnectTimeout"), "HTTPS_PROXY"),
        (Reached(404, 0.1), ""),
    ],
)
def test_how_the_gateway_answers_is_told_with_what_to_do(reached: Reached, told: str) -> None:
    check = gateway_check("https://gateway.example", reached, None)
    assert check.is_fine is not bool(told)
    assert told in check.do
    assert "https://gateway.example" in check.says


@pytest.mark.parametrize(
    ("ahead", "says"),
    [
        (600.0, " ahead of the"),
        (-7200.0, "2h00m behind"),
        (3.0, "as the gateway's"),
        (None, "nobody"),
    ],
)
def test_a_clock_that_is_wrong_is_a_finding(ahead: float | None, says: str) -> None:
    check = clock_check(Reached(404, ahead=ahead))
    assert says in check.says
    assert ("set-ntp" in check.do) is (ahead is not None and abs(ahead) > 120)


def test_jobs_on_a_network_file_system_are_a_finding() -> None:
    assert "XDG_DATA_HOME" in file_system_check(Path("/home/ann"), "nfs4").do
    assert file_system_check(Path("/home/ann"), None).is_fine


def test_graphics_say_why() -> None:
    check = graphics(Choice(Graphics.SIXEL, "the terminal draws sixels", Size(8, 16)))
    assert (check.is_fine, check.says) == (
        True,
        "sixel: the terminal draws sixels; a cell has 8x16 pixels",
    )
    unsized = Choice(Graphics.HALF, "it draws sixels, but does not say how large a cell is")
    assert not graphics(unsized).is_fine
