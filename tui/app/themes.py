"""The app's colours: two of Textual's themes where they were hard to read, and one of its own."""

from dataclasses import replace
from difflib import get_close_matches
from typing import Any

from textual.app import App
from textual.theme import BUILTIN_THEMES, Theme

from tui.core.language import _

DEFAULT = "textual-dark"
# Text and its ground keep WCAG's 4.5 to 1 here, 7 to 1 with high contrast; a test measures it.
DARK = replace(
    BUILTIN_THEMES["textual-dark"],
    variables={"block-cursor-foreground": "#ffffff", "block-cursor-background": "#0166b5"},
)
LIGHT = replace(
    BUILTIN_THEMES["textual-light"],
    variables={
        "text-warning": "#7a4a00",
        "text-accent": "#7a4a00",
        "text-success": "#1c5a30",
        "footer-key-foreground": "#004578",
        "block-cursor-foreground": "#ffffff",
        "block-cursor-blurred-background": "#b9cad8",
    },
)
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
        "input-selection-background": "#404040",
        "scrollbar": "#a0a0a0",
        "scrollbar-hover": "#ffff00",
        "scrollbar-active": "#ffff00",
        "scrollbar-background": "#202020",
        "border": "#ffff00",
        "footer-key-foreground": "#ffff00",
    },
)


THEMES = {theme.name: theme for theme in (DARK, LIGHT, HIGH_CONTRAST)}


def use_theme(app: App[Any], name: str) -> str:
    """Give the app a theme by its name; return what to tell where there is none of that name."""
    app.register_theme(HIGH_CONTRAST)
    known = app.available_themes
    if not name or name in known:
        app.theme = name or DEFAULT
        return ""
    near = get_close_matches(name, known, n=1)
    hint = _("; did you mean {near!r}?", near=near[0]) if near else ""
    return _("theme: there is no theme {name!r}{hint} ctrl+p lists them.", name=name, hint=hint)
