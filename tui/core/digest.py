"""The digests that files are known by."""

import re

_SHA256 = re.compile(r"[0-9a-f]{64}")


def is_sha256(text: str) -> bool:
    """Whether a text is one, and so can be the name of a file: others may have written it."""
    return bool(_SHA256.fullmatch(text))
