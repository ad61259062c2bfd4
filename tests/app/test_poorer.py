from rich.cells import cell_len

from tui.app.poorer import NAME, poorer

SIGNS = "╭─ Prompt ─╮│✓ saved 2/4 … → ≈50s ≥3K ● 灯塔 e\u0301 ▀▄ “x” 😀"


def test_signs_keep_their_width() -> None:
    plain = poorer(SIGNS)
    assert plain.isascii()
    assert len(plain) == cell_len(SIGNS)
    assert plain.startswith("+- Prompt -+|+ saved 2/4 . > ~50s >3K * ???? e")


def test_what_an_encoding_has_is_kept() -> None:
    assert "1×2 · ü ✓ 塔".encode("latin-1", NAME) == "1×2 · ü + ??".encode("latin-1")
