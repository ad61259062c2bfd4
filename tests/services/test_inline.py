import base64

import pytest

from tui.services.inline import Inline, InlineError, is_data_url, read_inline

DATA = bytes(range(256))
TEXT = base64.b64encode(DATA).decode()


@pytest.mark.parametrize(
    ("text", "media_type"),
    [
        (TEXT, None),
        (TEXT.rstrip("="), None),
        ("\n".join(TEXT[at : at + 60] for at in range(0, len(TEXT), 60)), None),
        (base64.urlsafe_b64encode(DATA).decode(), None),
        (f"data:image/png;base64,{TEXT}", "image/png"),
        (f" DATA:Image/PNG;charset=x;BASE64,{TEXT}", "image/png"),
        (f"data:;base64,{TEXT.replace('+', '%2B').replace('/', '%2F')}", None),
        ("data:image/png," + "".join(f"%{byte:02x}" for byte in DATA), "image/png"),
    ],
)
def test_all_usual_ways_to_write_bytes_are_read(text: str, media_type: str | None) -> None:
    assert read_inline(text, 256) == Inline(DATA, media_type)


@pytest.mark.parametrize("text", ["no base64!", "图", "A", "AAAA=AAA", "data:image/png;base64,?"])
def test_what_is_no_base64_is_said(text: str) -> None:
    with pytest.raises(InlineError, match="it is not base64"):
        read_inline(text, 100)


def test_too_much_is_refused_before_and_after_decoding() -> None:
    for text in (TEXT, "A" * 10_000):
        with pytest.raises(InlineError, match="larger than"):
            read_inline(text, 255)


def test_a_data_url_is_told_from_an_address() -> None:
    assert is_data_url("data:image/png;base64,AA")
    assert not is_data_url("https://example.com/data:,")
