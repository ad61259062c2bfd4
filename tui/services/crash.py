"""The report of an error that nobody caught."""

import logging
import sys
import threading
import traceback
from contextlib import suppress
from pathlib import Path
from types import TracebackType

from tui.core.language import _
from tui.core.text import clean, one_line
from tui.services.log import is_logging, redact

_log = logging.getLogger(__name__)
_MOST_MESSAGE = 300


def install_crash_report(log_file: Path) -> None:
    """Report uncaught errors shortly on stderr, wholly in the log; never local variables.

    Python's own exit code for such an end, 1, stays.
    """

    def hook(kind: type[BaseException], error: BaseException, at: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            return
        _report(error, at, log_file)

    def thread_hook(args: threading.ExceptHookArgs) -> None:
        if args.exc_value is not None and not issubclass(args.exc_type, SystemExit):
            _report(args.exc_value, args.exc_traceback, log_file)

    sys.excepthook = hook
    threading.excepthook = thread_hook


def short_report(error: BaseException, at: TracebackType | None) -> str:
    """Return what happened and where, in two lines without secrets or local variables."""
    frames = traceback.extract_tb(at)
    where = f"{frames[-1].filename}:{frames[-1].lineno} in {frames[-1].name}" if frames else "?"
    what = one_line(redact(f"{type(error).__name__}: {error}"), _MOST_MESSAGE)
    return _("An error in imagedeck itself: {what}\n  at {where}", what=what, where=clean(where))


def _report(error: BaseException, at: TracebackType | None, log_file: Path) -> None:
    if is_logging():  # else logging's last resort would write everything to stderr
        _log.critical("uncaught error", exc_info=(type(error), error, at))
    if is_logging() and log_file.is_file():
        rest = _("The whole report, without your key, is in {log_file}", log_file=log_file)
    else:
        whole = "".join(traceback.format_exception(type(error), error, at))
        rest = clean(redact(whole), lines=True)
    with suppress(OSError, ValueError):  # stderr may be gone, and that must not start all over
        print(f"{short_report(error, at)}\n{rest}", file=sys.stderr)
