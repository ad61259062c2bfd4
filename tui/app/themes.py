"""Colours beside Textual's own."""

from difflib import get_close_matches
from typing import Any

from textual.app import App
from textual.theme import Theme

DEFAULT = "textual-dark"
HIGH_CONTRAST = Theme(
    name="high-contrast",
    primary="#ffff00",
    secondary="#00ffff",
    accent="#00ffff",
    warning="#ffd700",
    error="#ff8080",
    success="#00ff00",
    foreground="#ffffff",
    background="#000000",
    surface="#000000",
    panel="#303030",
    boost="#202020",
    dark=True,
    text_alpha=1.0,
    variables={
        "text-muted": "#e0e0e0",
        "block-cursor-foreground": "#000000",
        "block-cursor-background": "#ffff00",
        "block-cursor-blurred-foreground": "#ffffff",
        "block-cursor-blurred-background": "#404040",
        "border": "#ffff00",
        "footer-key-foreground": "#ffff00",
    },
)


def use_theme(app: App[Any], name: str) -> str:
    """Give the app a theme by its name; return what to tell where there is none of that name."""
    app.register_theme(HIGH_CONTRAST)
    known = app.available_themes
    if not name or name in known:
        app.theme = name or DEFAULT
        return ""
    near = get_close_matches(name, known, n=1)
    hint = f"; did you mean {near[0]!r}?" if near else ""
    return f"theme: there is no theme {name!r}{hint} ctrl+p lists them."
