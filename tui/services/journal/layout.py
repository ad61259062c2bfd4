"""Whether the tables lie where they were made."""

import sqlite3
from contextlib import closing
from pathlib import Path

from tui.core.language import _
from tui.services.journal.protocol import DamagedError
from tui.services.journal.schema import SCHEMA

_LAYOUT = "SELECT type, name, tbl_name, rootpage, sql FROM sqlite_master ORDER BY rowid"


def check_layout(db: sqlite3.Connection, path: Path) -> None:
    """Raise DamagedError unless each table lies where it was made.

    A flipped bit in the list of tables would show one table as another, or as empty.
    """
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as fresh:
        for statement in SCHEMA.create:
            fresh.execute(statement)
        first = len(fresh.execute(_LAYOUT).fetchall())
        for statement in SCHEMA.steps(1):
            fresh.execute(statement)
        expected = fresh.execute(_LAYOUT).fetchall()
    found = db.execute(_LAYOUT).fetchall()
    later = {name: (kind, of, sql) for kind, name, of, _page, sql in found[first:]}
    # Where a migration found room depends on what the file held, so its pages aren't compared.
    is_same = found[:first] == expected[:first] and all(
        later.get(name) == (kind, of, sql) for kind, name, of, _page, sql in expected[first:]
    )
    pages = [page for _kind, _name, _of, page, _sql in found if page]
    if not is_same or len(pages) > len(set(pages)):
        raise DamagedError(
            _("{path} is damaged: its list of tables is not as it was written", path=path)
        )
