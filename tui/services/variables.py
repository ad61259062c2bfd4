"""What a variable of a prompt stands for: a text, or the lines of a file."""

import re
from pathlib import Path

from tui.core.fault import Fault
from tui.core.fields import RefusedError
from tui.core.language import _
from tui.core.text import clean

_PARTS = re.compile(r"(?:\\[\s\S]|[^|\\])+")


def values_of(text: str, field: str) -> list[str]:
    """Return a text as it is, or the lines of the file that `@FILE` names.

    Raises RefusedError about `field`.
    """
    if not text.startswith("@"):
        return [text]
    try:
        lines = Path(text[1:]).read_text("utf-8-sig").splitlines()
    except UnicodeDecodeError:
        raise RefusedError(Fault(field, clean(text, 60), _("is no UTF-8 text"))) from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or _("no name a file can have")
        raise RefusedError(
            Fault(field, clean(text, 60), _("can't be read: {reason}", reason=reason))
        ) from error
    found = [line for line in lines if line.strip()]
    if not found:
        raise RefusedError(Fault(field, clean(text, 60), _("has no lines")))
    return found


def several(text: str, field: str) -> list[str]:
    r"""Return the values that stand in one line, separated by `|`; `\|` is the sign itself.

    Raises RefusedError about `field`, also where there is none.
    """
    parts = [re.sub(r"\\([|\\])", r"\1", one).strip() for one in _PARTS.findall(text)]
    values = [value for part in parts if part for value in values_of(part, field)]
    if not values:
        rule = _("needs a value: several are separated by |, @FILE reads them from a file")
        raise RefusedError(Fault(field, "", rule))
    return values
