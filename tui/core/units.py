"""Durations and sizes as people read them."""

_PREFIXES = ("kB", "MB", "GB", "TB")


def lasted(seconds: float) -> str:
    """Return a duration in its two largest units: `42s`, `3m07s`, `2h05m`, `4d03h`."""
    whole = max(0, int(seconds))
    if whole < 60:
        return f"{whole}s"
    if whole < 3600:
        return f"{whole // 60}m{whole % 60:02d}s"
    if whole < 86400:
        return f"{whole // 3600}h{whole % 3600 // 60:02d}m"
    return f"{whole // 86400}d{whole % 86400 // 3600:02d}h"


def amount(count: int) -> str:
    """Return a number of bytes: `812 B`, `3.2 MB`."""
    if count < 1000:
        return f"{count} B"
    size = float(count)
    for prefix in _PREFIXES:
        size /= 1000
        if size < 999.95 or prefix == _PREFIXES[-1]:
            break
    return f"{size:.1f} {prefix}"
