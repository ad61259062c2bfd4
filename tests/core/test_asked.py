import pytest

from tui.core.asked import differences


@pytest.mark.parametrize(
    ("values", "got", "is_opaque", "said"),
    [
        ({}, "PNG", True, []),
        ({"output_format": "webp"}, "WEBP", True, []),
        ({"output_format": "image/jpeg"}, "JPEG", True, []),
        ({"output_format": "jpg"}, "JPEG", True, []),
        ({"output_format": "webp"}, "PNG", True, ["asked for WEBP, got PNG"]),
        ({"background": "transparent"}, "PNG", False, []),
        ({"background": "opaque"}, "PNG", True, []),
        (
            {"background": "transparent", "output_format": "image/webp"},
            "JPEG",
            True,
            [
                "asked for WEBP, got JPEG",
                "asked for a transparent background, got an opaque one",
            ],
        ),
    ],
)
def test_what_was_not_asked_for_is_said(
    values: dict[str, str], got: str, is_opaque: bool, said: list[str]
) -> None:
    assert list(differences(values, got, is_opaque=is_opaque)) == said
