"""The lines on which the keys of a TOML text stand."""

import re

Path = tuple[str, ...]

_PART = r"""(?:[A-Za-z0-9_-]+|"(?:\\.|[^"\\\n])*"|'[^'\n]*')"""
_KEY = rf"{_PART}(?:[ \t]*\.[ \t]*{_PART})*"
_STATEMENT = re.compile(
    rf"^[ \t]*(?:(?P<opening>\[\[?)[ \t]*(?P<table>{_KEY})[ \t]*\]|(?P<key>{_KEY})[ \t]*=)",
    re.MULTILINE,
)
_PIECE = re.compile(
    r'"""(?:\\.|[^\\])*?"""(?!")'  # up to two quotes may stand before the closing three
    r"|'''.*?'''(?!')"
    r'|"(?:\\.|[^"\\\n])*"'
    r"|'[^'\n]*'"
    r"|\#[^\n]*|[\[{]|[\]}]|\n|[^\"'\#\[\]{}\n]+",
    re.DOTALL,
)


def key_lines(text: str) -> dict[Path, int]:
    """Map each table and key of a valid TOML text to its line, counted from 1.

    Keys within an inline table stand on the line of that table.
    """
    lines: dict[Path, int] = {}
    table: Path = ()
    at, line = 0, 1
    while found := _STATEMENT.search(text, at):
        line += text.count("\n", at, found.start())
        if found["table"]:
            path = table = _path(found["table"])
        else:
            path = (*table, *_path(found["key"]))
        for length in range(1, len(path) + 1):
            lines.setdefault(path[:length], line)
        end = _end(text, found.end())
        line += text.count("\n", found.start(), end)
        at = end
    return lines


def _path(key: str) -> Path:
    """Read a dotted key, quoted or not, by letting TOML itself read it."""
    import tomllib

    tree: object = tomllib.loads(f"{key} = 0")
    path: list[str] = []
    while isinstance(tree, dict):
        ((name, tree),) = tree.items()
        path.append(name)
    return tuple(path)


def _end(text: str, at: int) -> int:
    """Return where the statement that goes on at `at` ends, its line feed included."""
    depth = 0
    while piece := _PIECE.match(text, at):
        at = piece.end()
        match piece[0]:
            case "[" | "{":
                depth += 1
            case "]" | "}":
                depth -= 1
            case "\n" if depth <= 0:
                break
    return at
