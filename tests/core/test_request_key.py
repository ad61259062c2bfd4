import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.core.request import Reference, Request

_LOCAL = Reference(
    name="cat.png", sha256="ab" * 32, media_type="image/png", bytes=10, width=4, height=5
)
_REMOTE = Reference(name="a cat", url="https://example.org/cat.png")
_REQUEST = Request(
    model="gpt-image-2", values={"prompt": "月 a cat", "n": 2}, references=(_LOCAL, _REMOTE)
)


def test_the_key_never_changes() -> None:
    # Batches of earlier versions are known by it.
    assert Request(model="gpt-image-2", values={"prompt": "a cat", "n": 2}).key == (
        "9ee3e5261110cbe60c6c1ca9f45cd9d3b504d9995065b035624f0e702405a200"
    )


@given(st.permutations(["prompt", "size", "n", "quality"]))
def test_the_order_of_fields_does_not_matter(order: list[str]) -> None:
    values: dict[str, str | int] = {"prompt": "x", "size": "1024x1024", "n": 3, "quality": "low"}
    one = Request(model="m", values=values)
    other = Request(model="m", values={name: values[name] for name in order})
    assert one.key == other.key


@pytest.mark.parametrize(
    "other",
    [
        replace(_REQUEST, model="gemini-3-pro-image"),
        replace(_REQUEST, values={"prompt": "月 a cat", "n": 3}),
        replace(_REQUEST, values={"prompt": "月 a cat", "n": "2"}),
        replace(_REQUEST, values={"prompt": "月 a cat"}),
        replace(_REQUEST, references=(_REMOTE, _LOCAL)),
        replace(_REQUEST, references=(_LOCAL,)),
        replace(_REQUEST, references=(replace(_LOCAL, sha256="cd" * 32), _REMOTE)),
    ],
)
def test_any_difference_on_the_wire_is_another_key(other: Request) -> None:
    assert other.key != _REQUEST.key


def test_where_a_reference_file_lies_does_not_matter() -> None:
    moved = replace(_LOCAL, name="elsewhere/kitty.png")
    assert replace(_REQUEST, references=(moved, _REMOTE)).key == _REQUEST.key


def test_it_survives_json() -> None:
    again = Request.from_json(json.loads(json.dumps(_REQUEST.as_json())))
    assert again == _REQUEST
    assert again.key == _REQUEST.key


def test_json_leaves_out_what_is_not_known() -> None:
    assert _REQUEST.as_json()["references"][1] == {
        "name": "a cat",
        "url": "https://example.org/cat.png",
    }


def test_prompt_and_count() -> None:
    assert (_REQUEST.prompt, _REQUEST.count) == ("月 a cat", 2)
    assert Request(model="m", values={"prompt": "x"}).count == 1


def test_a_reference_is_known_by_its_content_first() -> None:
    assert _LOCAL.identity == "ab" * 32
    assert _REMOTE.identity == "https://example.org/cat.png"
    assert Reference(name="only a name").identity == "only a name"


fields = st.sampled_from(["size", "n", "quality"])
anything = st.one_of(st.text(max_size=4), st.integers(0, 9))
references = st.builds(
    lambda name, sha256: Reference(name=name, sha256=sha256),
    st.text(max_size=3),
    st.sampled_from(["0" * 64, "1" * 64]),
)
requests = st.builds(
    lambda model, prompt, values, images: Request(
        model=model, values={"prompt": prompt, **values}, references=tuple(images)
    ),
    st.sampled_from(["gpt-image-2", "seedream-5.0-lite"]),
    st.text(max_size=4),
    st.dictionaries(fields, anything, max_size=3),
    st.lists(references, max_size=2),
)


@given(requests, requests)
def test_two_requests_have_one_key_only_where_they_ask_for_the_same(
    one: Request, other: Request
) -> None:
    def content(of: Request) -> object:
        return of.model, of.values, [image.sha256 for image in of.references]

    assert (one.key == other.key) is (content(one) == content(other))
    assert Request.from_json(json.loads(json.dumps(one.as_json()))).key == one.key
