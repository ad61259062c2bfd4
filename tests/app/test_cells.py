"""Wide, combining and joined letters take the cells on a terminal that they are given."""

import pyte
import pytest

from tui.app.cells import fit, wrap

# Some of Unicode's own cases of letters that belong together, and what people really write.
CASES = [
    "月光下的灯塔，水彩",
    "ｆｕｌｌ ＷＩＤＴＨ ｶﾅ 。「」",
    "e\u0301 n\u0303 z\u0301\u0302\u0303\u0304 a\u0308b",
    "\u1100\u1161\u11a8 \uac00\u11a8 각 한국어",
    "a\U0001f1e6\U0001f1e7\U0001f1e8\U0001f1e9b 🇩🇪🇨🇳",
    "\U0001f476\U0001f3ff\U0001f476 👍🏽",
    "\U0001f6d1\u200d\U0001f6d1 👨\u200d👩\u200d👧 🏳\ufe0f\u200d🌈 ❤\ufe0f 1\ufe0f\u20e3",
    "\u0915\u094d\u0937 नम ไทย",
    "مُنَاقَشَة שָׁלוֹם",
    "\U00020000\U0002a6d6𠮷野家",
    "a\u00adb\u200bc\u2060d\u180ee",
]


def bars(lines: list[str]) -> list[int]:
    """Return the columns in which the bars stand."""
    screen = pyte.Screen(60, len(lines))
    pyte.Stream(screen).feed("\r\n".join(f"{line}|" for line in lines))
    rows = (screen.buffer[y] for y in range(len(lines)))
    return [next(x for x in range(60) if row[x].data == "|") for row in rows]


@pytest.mark.parametrize("text", CASES, ids=ascii)
def test_a_cell_of_the_table_ends_where_it_should(text: str) -> None:
    widths = range(1, 41)
    assert bars([fit(text, width) for width in widths]) == list(widths)


@pytest.mark.parametrize("text", CASES, ids=ascii)
def test_a_line_of_the_card_is_no_wider_than_the_card(text: str) -> None:
    for width in (2, 5, 11, 30):
        assert max(bars(list(wrap(f"{text} {text}", width)))) <= width
