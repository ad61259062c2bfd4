import pytest

from tui.app.replies import Replies

ANSWERS = [
    "\x1b[?62;22c",
    "\x1b[>1;4000;30c",
    "\x1b[4;600;800t",
    "\x1b[6;20;10t",
    "\x1b[8;24;80t",
    "\x1b[0n",
    "\x1b[?997;1n",
    "\x1b[?1u",
    "\x1bP>|kitty(0.36.4)\x1b\\",
    "\x1bP1+r544e=787465726d\x1b\\",
    "\x1b]11;rgb:1e1e/1e1e/2e2e\x1b\\",
    "\x1b]4;1;rgb:1e1e/1e1e/2e2e\x07",
    "\x1b_Gi=31;OK\x1b\\",
]
KEYS = [
    "a",
    "\x1b",
    "\x1b[A",
    "\x1b[1;5C",
    "\x1b[113;5u",
    "\x1b[3~",
    "\x1b[<0;10;10M",
    "\x1b[48;24;80;480;800t",
    "\x1b[?2026;2$y",
    "\x1b[200~a\x1b[201~",
    "\x1bOP",
    "猫",
]


class Watch:
    def __init__(self) -> None:
        self.time = 0.0

    def __call__(self) -> float:
        return self.time


@pytest.mark.parametrize("answer", ANSWERS, ids=repr)
def test_an_answer_is_taken_out_wherever_it_is_cut(answer: str) -> None:
    for cut in range(2, len(answer)):
        replies = Replies(Watch())
        assert replies.take_out("a" + answer[:cut]) + replies.take_out(answer[cut:] + "b") == "ab"


@pytest.mark.parametrize("key", KEYS, ids=repr)
def test_keys_come_through_at_once(key: str) -> None:
    assert Replies(Watch()).take_out(key + "x") == key + "x"


def test_alt_with_a_bracket_comes_through_after_a_while() -> None:
    watch = Watch()
    replies = Replies(watch)
    assert replies.take_out("\x1b]") == ""
    assert replies.take_out("") == ""
    watch.time = 1.0
    assert replies.take_out("") == "\x1b]"


def test_half_an_answer_swallows_nothing_typed_later() -> None:
    watch = Watch()
    replies = Replies(watch)
    assert replies.take_out("\x1b]11;rgb:") == ""
    watch.time = 1.0
    assert replies.take_out("typed") == "typed"


def test_the_end_of_a_paste_is_never_kept_back() -> None:
    text = "\x1b[200~what is \x1b]11; and \x1bP>| here\x1b[201~"
    assert Replies(Watch()).take_out(text) == text
