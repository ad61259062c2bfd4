"""What an error of PostgreSQL means for a person."""

import psycopg

from tui.core.language import _
from tui.core.text import one_line
from tui.services.journal.protocol import DiskError, JournalError

# Classes and codes of PostgreSQL's manual, appendix A.
_PASSING = ("08", "40", "57P01", "57P02", "57P03", "57P05", "55P03", "25P03", "25P04", "53300")
_NO_RIGHT = ("42501",)
_READ_ONLY = ("25006",)
_FULL = ("53100", "53200")


def is_passing(error: psycopg.Error) -> bool:
    """Whether the same may go well a little later: the server is away, or too busy."""
    state = error.sqlstate
    if state is None:
        return isinstance(error, psycopg.OperationalError | psycopg.InterfaceError)
    return state.startswith(_PASSING)


def explain(error: psycopg.Error, where: str) -> JournalError:
    """Return the error to raise; it holds no password."""
    said = one_line(_said(error), 300)
    state = error.sqlstate or ""
    if "password authentication failed" in said or "no password supplied" in said:
        remedy = _("correct user and password in IMAGEDECK_DATABASE_URL, or put it in ~/.pgpass")
    elif "does not exist" in said and not state.startswith("42"):
        remedy = _("create it (createdb), then run `imagedeck db init`")
    elif state.startswith(_NO_RIGHT):
        remedy = _("the rights that each role needs stand in docs/shared.md")
    elif state.startswith(_READ_ONLY):
        remedy = _("it is a read-only copy; name the primary server")
    elif state.startswith(_FULL):
        remedy = _("make room on the server")
    elif isinstance(error, psycopg.ProgrammingError) and not state:
        remedy = _("write it as postgresql://USER@HOST/DATABASE")
    elif is_passing(error):
        remedy = _("see that the server runs and can be reached from here")
    else:
        remedy = ""
    told = _("The shared database {where} can't be used: {said}", where=where, said=said)
    return DiskError(f"{told}; {remedy}" if remedy else told)


def _said(error: psycopg.Error) -> str:
    # Of a failed connection only why: who was asked is said by us.
    why = str(error).strip().rpartition("failed: ")[2]
    return why.partition("\n")[0]
