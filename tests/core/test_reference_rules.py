from dataclasses import replace

import pytest

from tui.core.references import References
from tui.core.request import Reference

_FIELD = References(
    name="image",
    help="",
    most=2,
    most_bytes=10 * 1024**2,
    media_types=("image/png", "image/jpeg"),
    ratio=16,
)
_LOCAL = Reference(
    name="cat.png", sha256="ab", media_type="image/png", bytes=100, width=40, height=50
)


@pytest.mark.parametrize(
    ("reference", "rule", "is_error"),
    [
        (replace(_LOCAL, media_type="image/svg+xml"), "must be one of png, jpeg", True),
        (replace(_LOCAL, bytes=10 * 1024**2 + 1), "at most 10 MB", True),
        (replace(_LOCAL, width=161, height=10), "is 161x10; the maker takes 1:16 at most", False),
        (replace(_LOCAL, width=10, height=161), "is 10x161; the maker takes 1:16 at most", False),
    ],
)
def test_what_is_wrong_with_a_file(reference: Reference, rule: str, is_error: bool) -> None:
    (fault,) = _FIELD.check_all([reference])
    assert rule in fault.rule
    assert (fault.field, fault.value, fault.is_error) == ("image", "cat.png", is_error)


@pytest.mark.parametrize(
    "reference",
    [
        _LOCAL,
        replace(_LOCAL, bytes=10 * 1024**2),
        replace(_LOCAL, width=160, height=10),
        replace(_LOCAL, width=None, height=None, bytes=None),
        Reference(name="far", url="https://example.org/a.svg"),
    ],
)
def test_what_is_fine(reference: Reference) -> None:
    assert not list(_FIELD.check_all([reference]))


def test_all_that_is_wrong_comes_at_once() -> None:
    bad = replace(_LOCAL, media_type="image/gif", bytes=11 * 1024**2, width=1, height=99)
    rules = [fault.rule for fault in _FIELD.check_all([bad, _LOCAL, bad])]
    assert rules[0] == "takes at most 2 images, 3 were given"
    assert len(rules) == 7


def test_its_bounds_in_one_phrase() -> None:
    assert _FIELD.allowed == "1–2 files or URLs, png jpeg, ≤ 10 MB each"
