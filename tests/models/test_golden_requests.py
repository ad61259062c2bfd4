"""Every example of the gateway's reference, word for word, is a request we make."""

import json
from typing import Any

import pytest

from tui.models import find_model

# Model, what a person sets, the path and the body of the reference's curl command.
_EXAMPLES = [
    (
        "seedream",
        {"prompt": "a cat playing guitar on the moon", "size": "2048x2048"},
        "/v2/extend/image/seedream/generations",
        '{"prompt": "a cat playing guitar on the moon", "size": "2048x2048"}',
        "/v2/extend/image/seedream/tasks/{task_id}",
    ),
    (
        "gemini",
        {"prompt": "a cat playing guitar on the moon", "size": "2K"},
        "/v2/extend/image/generations",
        (
            '{"model": "gemini-3.1-flash-image", "prompt": "a cat playing guitar on the moon",'
            ' "size": "2K"}'
        ),
        "/v2/extend/image/tasks/{task_id}",
    ),
    (
        "gpt",
        {"prompt": "a futuristic city at sunset", "size": "1024x1024", "quality": "medium"},
        "/v2/extend/image/gpt_image/generations",
        '{"prompt": "a futuristic city at sunset", "size": "1024x1024", "quality": "medium"}',
        "/v2/extend/image/gpt_image/tasks/{task_id}",
    ),
]


@pytest.mark.parametrize(("name", "given", "path", "body", "poll"), _EXAMPLES)
def test_the_reference_example(
    name: str, given: dict[str, Any], path: str, body: str, poll: str
) -> None:
    model = find_model(name)
    checked = model.validate(given)
    assert checked.faults == ()
    assert checked.request
    assert model.submit_path == path
    assert model.poll_path == poll
    assert json.dumps(model.body(checked.request)) == body


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("seedream", {"prompt": "x"}),
        ("gemini", {"model": "gemini-3.1-flash-image", "prompt": "x"}),
        ("gemini-pro", {"model": "gemini-3-pro-image", "prompt": "x"}),
        ("gpt", {"prompt": "x"}),
    ],
)
def test_a_field_that_nobody_set_is_not_on_the_wire(name: str, body: dict[str, str]) -> None:
    model = find_model(name)
    empty = {field.name: "" for field in model.fields if field.name not in {"prompt", "image"}}
    request = model.validate({"prompt": "x", **empty}).request
    assert request
    assert model.body(request) == body


def test_every_gpt_field_reaches_the_wire_with_its_type() -> None:
    model = find_model("gpt")
    given = {
        "prompt": "x",
        "size": "1024X1536",
        "quality": "HIGH",
        "n": "2",
        "background": "opaque",
        "output_format": "webp",
        "output_compression": "80",
    }
    request = model.validate(given).request
    assert request
    assert model.body(request) == {
        "prompt": "x",
        "size": "1024x1536",
        "quality": "high",
        "n": 2,
        "background": "opaque",
        "output_format": "webp",
        "output_compression": 80,
    }


def test_gemini_sends_media_types() -> None:
    model = find_model("gemini-pro")
    given = {"prompt": "x", "size": "4k", "aspect_ratio": "16:9", "output_format": "image/png"}
    request = model.validate(given).request
    assert request
    assert model.body(request) == {
        "model": "gemini-3-pro-image",
        "prompt": "x",
        "size": "4K",
        "aspect_ratio": "16:9",
        "output_format": "image/png",
    }
