"""The layout's files."""

from pathlib import Path

import tui


def style_files() -> list[Path]:
    """Return them: in the installed package, or beside it in the source tree."""
    package = Path(tui.__file__).parent
    folder = package / "styles"
    if not folder.is_dir():
        folder = package.parent / "styles"
    return sorted(folder.glob("*.tcss"))
