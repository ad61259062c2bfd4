"""What the world has collected to break programs with, in full or a handful of each."""

import json
import re
import runpy
from collections.abc import Callable
from pathlib import Path

import pytest

FETCHED = Path(__file__).parents[3] / ".corpora"

# A few of every kind, for the tests that run each time.
STRINGS = [
    "",
    "undefined",
    "1/0",
    "ＴＥＳＴ '\"`${HOME}`$(touch x)`;--",
    "../../../../../etc/passwd%00",
    "CON",
    ".hidden/.. -rf",
    "[/x][bold red]markup[/] {date} %s %(asctime)s",
    "\x1b[31mred\x1b[0m \x1b]0;title\x07 \x1b]52;c;aGVsbG8=\x07 \x9b2J \x90q\x9c \x07bell\x7f",
    "a\x00b\r\nSet-Cookie: c=d\x0b\x0c\x85e\u2028f\u2029g",
    "\u202etxet \u2066bidi\u2069 \u200fmark \u061c \ufeffbom \U000e0041tag",
    "\ud800 lone \udfff",
    "\udcff\udc80 no UTF-8",
    "T̨̝̰h̡̧̨͔e͉̖ " + "z" + "\u0301" * 500,
    "👨‍👩‍👧‍👦 🏳️‍🌈 ❤️ 👍🏽 🇩🇪 1️⃣ 田中さんにあげて下さい مُنَاقَشَةُ \u200b\u00ad\u2060",
    "語" * 3000,
    "\uac00\u11a8 a\U0001f1e6\U0001f1e7\U0001f1e8b \U0001f6d1\u200d\U0001f6d1 \u0600 \u0915\u094d",
    "<script>alert(1)</script> {{7*7}} <!--#exec cmd=ls-->",
]
JSON = [
    b"",
    b"[" * 100_000,
    b'{"a":' * 100_000,
    b"[NaN]",
    b"[-1e+9999]",
    b"[1" + b"0" * 10_000 + b"]",
    b'{"a":"b","a":"c"}',
    b'["\\uDADA"]',
    b'["\xff\xfe"]',
    b"\xff\xfe[\x00]\x00",
    b"\xef\xbb\xbf{}",
    b'"\x00"',
    b"[1,]",
    b"{'a':0}",
    b'{"a":/*comment*/"b"}',
    b"null",
]

soak = pytest.mark.soak


@pytest.fixture(params=["a few", pytest.param("all", marks=soak)])
def naughty(request: pytest.FixtureRequest) -> list[str]:
    """Strings that broke somebody's program."""
    if request.param == "a few":
        return STRINGS
    found = json.loads(corpus("blns/resources/blns.json").read_text("utf-8"))
    assert len(found) == 485
    return [*found, *STRINGS, *_letters()]


def _letters() -> list[str]:
    """Return Unicode's own cases of letters that belong together, some to a string."""
    listed = corpus("grapheme-splitter/tests/GraphemeBreakTest.txt").read_text("utf-8")
    cases = [line.partition("#")[0] for line in listed.splitlines()]
    texts = ["".join(chr(int(one, 16)) for one in re.findall("[0-9A-F]{4,}", one)) for one in cases]
    texts = [text for text in texts if text]
    assert len(texts) > 600
    return ["a ".join(texts[at : at + 8]) for at in range(0, len(texts), 8)]


@pytest.fixture(params=["a few", pytest.param("all", marks=soak)])
def json_texts(request: pytest.FixtureRequest) -> list[bytes]:
    """What calls itself JSON, rightly or not."""
    if request.param == "a few":
        return JSON
    cases = []
    for part in ("parsing", "transform"):
        script = corpus(f"json-test-suite/data/{part}.js").read_text("utf-8")
        listed = re.fullmatch(r"(?s).*?export default (\[.*\]);?\s*", script)
        assert listed
        cases += json.loads(listed[1])
    assert len(cases) == 340
    # The package holds bytes that are no UTF-8 as U+FFFD; they were something worse.
    whole = [case["input"].encode() for case in cases]
    return [*whole, *{one.replace("\ufffd".encode(), b"\xff") for one in whole} - {*whole}, *JSON]


@pytest.fixture
def pillow_images() -> list[Path]:
    """The files that Pillow's own tests read."""
    (folder,) = [one / "Tests/images" for one in corpus(".").glob("pillow-*")] or [corpus("pillow")]
    return sorted(one for one in folder.rglob("*") if one.is_file())


@pytest.fixture
def png_suite(tmp_path: Path) -> list[Path]:
    """PngSuite, as far as pypng carries it along."""
    (script,) = corpus(".").glob("pypng-*/code/pngsuite.py") or [corpus("pypng")]
    images = runpy.run_path(str(script))["png"]
    for name, data in images.items():
        (tmp_path / f"{name}.png").write_bytes(data)
    return sorted(tmp_path.glob("*.png"))


@pytest.fixture
def figure(
    request: pytest.FixtureRequest, figure: Callable[[str, str], None]
) -> Callable[[str], None]:
    """Note a figure where it comes from a long test: `figure("485 strings: all text")`."""

    def tell(text: str) -> None:
        if request.node.get_closest_marker("soak"):
            name, _, found = text.partition(": ")
            figure(name, found)

    return tell


def corpus(name: str) -> Path:
    """Return the place of what was fetched; without it the test is skipped."""
    place = FETCHED / name
    if not place.exists():
        pytest.skip(f"{name} is not here; `make corpora` fetches it")
    return place
