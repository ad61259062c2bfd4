"""The opening of the database, whatever state a crash or a disk has left it in."""

import os
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing, suppress
from datetime import UTC, datetime
from pathlib import Path

from tui.core.language import _
from tui.services.journal import moved
from tui.services.journal.emergency import salt_in
from tui.services.journal.layout import check_layout
from tui.services.journal.owner import Owner
from tui.services.journal.protocol import DamagedError, JournalError
from tui.services.journal.rows import SELECT_JOBS, job_of
from tui.services.journal.salvage import Salvaged, salvage
from tui.services.journal.schema import check, prepare, version_of
from tui.services.journal.storage import connect, private_file
from tui.services.journal.trouble import has_mark, is_damage, remove_mark

_PAGE = 4096
_PAGES_AT = slice(28, 32)  # of the first page: how many pages the file has


def emergency_file(path: Path) -> Path:
    """Return the place of the emergency file of a database."""
    return path.with_name(f"{path.name}.emergency")


def open_mended(path: Path, owner: Owner, tell: Callable[[str], None]) -> sqlite3.Connection:
    """Open the database at its newest version; for whoever holds its lock.

    What can be read of a damaged one is put into a new one in its place; the old file is kept
    beside it, and `tell` gets a sentence. Raises JournalError while others work with it.
    """
    damage = _("it was found damaged before") if has_mark(path) else _emptied(path)
    if damage is None:
        try:
            return _open(path, owner)
        except (DamagedError, UnicodeDecodeError) as error:  # SQLite quotes what it stumbled over
            damage = str(error)
        except sqlite3.DatabaseError as error:
            # A name in the list of tables may be what was hit.
            if not is_damage(error) and "no such" not in str(error):
                raise
            damage = str(error)
    moved.refuse_mending(path)
    if owner.has_company():
        raise JournalError(
            _(
                "{path} is damaged ({damage}), and another imagedeck still works with it. Close "
                "that one; the next start then saves what can be read",
                path=path,
                damage=damage,
            )
        )
    tell(_replace(path))
    remove_mark(path)
    return _open(path, owner)


def _open(path: Path, owner: Owner) -> sqlite3.Connection:
    db = connect(path)
    try:
        _check_alone(db, path, owner)
        prepare(db, path)
        check_layout(db, path)
        db.execute("SELECT change, indexed, salt FROM journal").fetchone()
        # What costs money when it is lost is looked at each time: a handful of rows.
        for row in db.execute(f"{SELECT_JOBS} WHERE live = 1"):
            job_of(row)
    except BaseException:
        db.close()
        raise
    return db


def _check_alone(db: sqlite3.Connection, path: Path, owner: Owner) -> None:
    """Refuse to change the tables under a program that knows only the old ones."""
    if not check(db, path) and version_of(db) and owner.has_company():
        raise JournalError(
            _(
                "{path} has to be brought to a newer format, and an older imagedeck still works "
                "with it. Close that one, then start again",
                path=path,
            )
        )


def _emptied(path: Path) -> str | None:
    """Say that a file is empty which has held jobs before."""
    if path.stat().st_size == 0 and emergency_file(path).exists():
        return _("it is empty")
    return None


def _replace(path: Path) -> str:
    """Put what can be read in the place of a damaged file; return a sentence about it."""
    draft = path.with_name(f"{path.name}.new.part")
    copy = path.with_name(f"{path.name}.old.part")
    kept = _free_name(path)
    try:
        count = _draft(path, copy, draft)
        shutil.copyfile(path, private_file(kept))
        if hot := _hot_journal(path):
            # Gone before the new file is there: it must never be rolled back into that one.
            hot.rename(kept.with_name(f"{kept.name}-journal"))
        _sync(kept)
        draft.replace(path)
        _sync(path)
    finally:
        for one in (draft, copy):
            for name in (one.name, f"{one.name}-journal"):
                path.with_name(name).unlink(missing_ok=True)
    saved = (
        _("{jobs} jobs could be read", jobs=count.jobs)
        if count.jobs
        else _("Nothing in it could be read")
    )
    unfinished = _(", {open} of them unfinished", open=count.open) if count.open else ""
    return _(
        "{path} was damaged. {saved}{unfinished}; the damaged file is kept as {kept}.",
        path=path,
        saved=saved,
        unfinished=unfinished,
        kept=kept,
    )


def _draft(path: Path, copy: Path, draft: Path) -> Salvaged:
    """Write what can be read of `path` into `draft`; the original is not touched."""
    salt = salt_in(emergency_file(path))
    best = Salvaged(0, 0)
    for mends_head in (False, True):
        shutil.copyfile(path, private_file(copy))
        if hot := _hot_journal(path):
            shutil.copyfile(hot, private_file(copy.with_name(f"{copy.name}-journal")))
        if mends_head:
            _mend_head(copy, draft)
        private_file(draft)
        with closing(connect(draft)) as target:
            prepare(target, draft)
            with (
                suppress(sqlite3.Error, UnicodeDecodeError),
                closing(connect(copy, writable=False)) as source,
            ):
                best = salvage(source, target, salt)
        if best.jobs:
            break
    return best


def _hot_journal(path: Path) -> Path | None:
    """Return what a killed writer left to be rolled back."""
    journal = path.with_name(f"{path.name}-journal")
    return journal if journal.exists() and journal.stat().st_size else None


def _mend_head(copy: Path, fresh: Path) -> None:
    """Give a file without a readable first page the one that every new database has.

    The tables of version 1 begin at the same pages in all of them, and no other is salvaged.
    """
    size = copy.stat().st_size
    if size < 2 * _PAGE:
        return
    head = bytearray(fresh.read_bytes()[:_PAGE])
    head[_PAGES_AT] = (size // _PAGE).to_bytes(4, "big")
    with copy.open("r+b") as file:
        file.write(head)


def _free_name(path: Path) -> Path:
    when = datetime.now(UTC)
    name = f"{path.name}.damaged-{when:%Y-%m-%d-%H%M%S}"
    number, kept = 1, path.with_name(name)
    while kept.exists():
        number += 1
        kept = path.with_name(f"{name}-{number}")
    return kept


def _sync(path: Path) -> None:
    for place, flags in ((path, os.O_RDONLY), (path.parent, os.O_RDONLY | os.O_DIRECTORY)):
        number = os.open(place, flags | os.O_CLOEXEC)
        try:
            os.fsync(number)
        finally:
            os.close(number)
