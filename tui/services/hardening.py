"""What keeps a loaded key from everybody else."""

import resource
import sys
from collections.abc import Iterator, Mapping
from functools import cache

from tui.core.language import _

_PR_SET_DUMPABLE = 4
_DRIVER = "TEXTUAL_DRIVER"


@cache
def keep_out_of_dumps() -> None:
    """Let no core dump, and on Linux no debugger of this user, see what is in memory.

    Called once a key is there; the demo has none, and may be looked into.
    """
    _most, hard = resource.getrlimit(resource.RLIMIT_CORE)
    resource.setrlimit(resource.RLIMIT_CORE, (0, hard))
    if sys.platform == "linux":
        import ctypes

        # Where the C library has no prctl, the limit above is all there is.
        prctl = getattr(ctypes.CDLL(None), "prctl", None)
        if prctl:
            prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)


def leaks(environ: Mapping[str, str]) -> Iterator[str]:
    """Yield a sentence for each variable that gives away what is sent."""
    if environ.get("SSLKEYLOGFILE"):
        yield (
            _(
                "SSLKEYLOGFILE is set: whoever reads that file can read your key out of recorded "
                "traffic. Unset it unless you are debugging."
            )
        )


def remote_screen(environ: Mapping[str, str]) -> str | None:
    """Say why a screen that others may be able to reach must not spend with a key."""
    driver = environ.get(_DRIVER, "").strip()
    if not driver:
        return None
    return _(
        "{driver}: with the screen driver {driver2} whoever reaches the screen would spend with "
        "your key. Unset it, or use --demo.",
        driver=_DRIVER,
        driver2=driver,
    )
