import pytest

from tui.core.pasted import is_local, sources_in


@pytest.mark.parametrize(
    ("text", "sources"),
    [
        ("/home/me/cat.png", ["/home/me/cat.png"]),
        ("  /home/me/a cat.JPG\r\n", ["/home/me/a cat.JPG"]),
        ("~/猫 和 狗.webp", ["~/猫 和 狗.webp"]),
        ("'/home/me/a cat.png' ", ["/home/me/a cat.png"]),
        (r"'/home/me/bob'\''s.png'", ["/home/me/bob's.png"]),
        (r"/home/me/a\ cat\ \(1\).png", ["/home/me/a cat (1).png"]),
        ("/home/me/bob's cat.png", ["/home/me/bob's cat.png"]),
        ("/a/x.png /b/y.png", ["/a/x.png", "/b/y.png"]),
        ("/a b/x.png /a b/y.png", ["/a b/x.png", "/a b/y.png"]),
        ("'/a b/x.png' '/a b/y.png'", ["/a b/x.png", "/a b/y.png"]),
        ("/a/x.png\n/b/y.png\n/a/x.png\n", ["/a/x.png", "/b/y.png"]),
        ("# files\nfile:///a%20b.png\r\nfile:///c.png", ["file:///a%20b.png", "file:///c.png"]),
        ("https://example.org/a?b=c", ["https://example.org/a?b=c"]),
        ("/a.png https://example.org/b", ["/a.png", "https://example.org/b"]),
        ("data:image/png;base64,AAAA", ["data:image/png;base64,AAAA"]),
        (r"C:\Users\me\a cat.png", ["/mnt/c/Users/me/a cat.png"]),
        (r'"D:\a cat.png"', ["/mnt/d/a cat.png"]),
        ("data:image/png;base64," + "A" * 100_000, ["data:image/png;base64," + "A" * 100_000]),
    ],
)
def test_what_a_terminal_pastes_is_taken_apart(text: str, sources: list[str]) -> None:
    assert list(sources_in(text)) == sources


@pytest.mark.parametrize(
    "text",
    [
        *("", " \n", "cat.png", "/home/me/notes.txt", "/home/me/pic", "a cat /home/me/cat.png"),
        *("/home/me/cat.png as a watercolour", "https:// example.org", "see https://example.org"),
        *("/a/x.png\nand more", "'", "/x" * 50_000 + ".png", "~", "/", "https://"),
    ],
)
def test_what_is_more_than_references_is_left_alone(text: str) -> None:
    assert sources_in(text) == ()


def test_files_are_told_from_what_lies_elsewhere() -> None:
    assert is_local("/a.png")
    assert is_local("file:///a.png")
    assert not is_local("https://example.org/a.png")
    assert not is_local("data:image/png;base64,AAAA")
