import gzip
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.core.job import Result
from tui.services.gateway.answer import (
    inflate,
    message_of,
    read_json,
    results_of,
    retry_after,
    task_id_of,
)


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (b'{"task_id": "img_gen_1"}', "img_gen_1"),
        (b'\xef\xbb\xbf{"task_id": "img_gen_1"}', "img_gen_1"),
        (b'{"task_id": 42}', "42"),
        (b'{"task_id": "img_gen_1", "model": "novi', "img_gen_1"),
        (b'<html>"task_id": "img_gen_9"</html>', "img_gen_9"),
        (b'{"task_id": null}', None),
        (b'{"task_id": true}', None),
        (b'{"task_id": ["x"]}', None),
        (b'{"task_id": ""}', None),
        (b'{"task_id": "../secrets"}', None),
        (b'{"task_id": "a/b"}', None),
        (b'{"task_id": "a?b=c"}', None),
        (b'{"task_id": "a..b"}', None),
        (b'{"task_id": "a\\r\\nb"}', None),
        (b'{"task_id": "' + b"x" * 10_000 + b'"}', None),
        ('{"task_id": "名前"}'.encode(), None),
        (b"[]", None),
        (b"", None),
        (b'{"id": "x"}', None),
    ],
)
def test_only_a_usable_task_id_is_taken(raw: bytes, expected: str | None) -> None:
    assert task_id_of(read_json(raw), raw) == expected


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"<html>",
        b"[" * 100_000,
        b"1" * 100_000,
        b"[" + b"{}," * 600_000 + b"{}]",
        b'{"a": NaN}',
        b'{"a": Infinity}',
        b"\xff\xfe",
    ],
)
def test_what_is_no_json_is_none(raw: bytes) -> None:
    assert read_json(raw) is None


@given(st.binary(max_size=300))
def test_any_bytes_can_be_read(raw: bytes) -> None:
    answer = read_json(raw)
    task_id_of(answer, raw)
    assert len(message_of(answer, raw)) <= 3000


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ({"error": "broken"}, "broken"),
        ({"error": {"message": "broken", "code": 1}}, "broken"),
        ({"error": {"code": 7}}, '{"code": 7}'),
        ({"message": "no"}, "no"),
        ({"detail": [{"loc": ["size"]}]}, '[{"loc": ["size"]}]'),
        ({"result": {"error": "policy"}}, "policy"),
        ({"error": None, "message": "", "detail": "third"}, "third"),
        ({"error": 500}, "500"),
        ({"error": "a\x1b[31mb\nc"}, "a\\x1b[31mb c"),
    ],
)
def test_the_message_is_found_and_clean(answer: object, expected: str) -> None:
    assert message_of(answer, b"") == expected


def test_without_a_message_the_first_bytes_are_shown() -> None:
    assert message_of(None, b"<html>\n502 Bad\x1b Gateway" + b"and-" * 2000).startswith(
        "<html> 502 Bad\\x1b Gateway"
    )
    assert len(message_of(None, b"and-" * 2000)) == 500


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ({"result": {"images": [{"url": "https://a/1"}]}}, (Result(url="https://a/1"),)),
        ({"result": {"images": ["https://a/1"]}}, (Result(url="https://a/1"),)),
        ({"images": [{"b64_json": "AAAA"}]}, (Result(base64="AAAA"),)),
        (
            {"data": [{"url": "data:image/png;base64,AA"}]},
            (Result(url="data:image/png;base64,AA"),),
        ),
        ({"result": {"images": [{"image_url": {"url": "https://a"}}]}}, (Result(url="https://a"),)),
        ({"result": {"images": [{"url": None}, 5, "", "x"]}}, ()),
        ({"result": {"images": None}}, ()),
        ({"result": None}, ()),
        ({"result": []}, ()),
        ({}, ()),
    ],
)
def test_images_are_found_wherever_upstreams_put_them(answer: dict, expected: tuple) -> None:
    assert results_of(answer) == expected


@pytest.mark.parametrize(
    ("value", "milliseconds", "expected"),
    [
        ("7", None, 7.0),
        ("0.5", None, 0.5),
        (None, "1500", 1.5),
        ("9", "1500", 1.5),
        ("-3", None, 0.0),
        ("1000000000", None, 300.0),
        ("inf", None, 300.0),
        ("nan", None, None),
        ("soon", None, None),
        ("", None, None),
        ("Thu, 01 Jan 1970 00:01:40 GMT", None, 40.0),
        ("Thu, 01 Jan 1970 00:00:00 GMT", None, 0.0),
        ("Thu, 01 Jan 2099 00:00:00 GMT", None, 300.0),
        ("Fri, 99 Foo 2026", None, None),
        (None, None, None),
    ],
)
def test_retry_after_is_bounded(
    value: str | None, milliseconds: str | None, expected: float | None
) -> None:
    assert retry_after(value, milliseconds, now=60.0) == expected


def test_compressed_answers_are_read_up_to_their_bound() -> None:
    plain = b'{"task_id": "x"}'
    assert inflate(plain, "", 100) == plain
    assert inflate(gzip.compress(plain), "gzip", 100) == plain
    assert inflate(zlib.compress(plain), "deflate", 100) == plain
    long = b"0123456789" * 500_000
    assert inflate(gzip.compress(long), "gzip", len(long)) == long
    assert inflate(gzip.compress(long), "gzip", len(long) - 1) is None
    assert inflate(gzip.compress(b"\0" * 10_000_000), "gzip", 1000) is None
    assert inflate(b"garbage", "br", 100) is None
