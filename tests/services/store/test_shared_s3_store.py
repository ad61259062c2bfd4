"""Objects in a real S3 server's buckets."""

import hashlib
import os
import sys
from pathlib import Path
from typing import Any

import pytest

from tui.core.bucket import Bucket, is_remote, taken_apart
from tui.services.store.store import Store
from tui.services.store.trouble import StoreError, UnknownKeyError, explained

KEY = "a/灯塔 50%25 #1?[x]*~.png"


@pytest.fixture
def store(bucket: str) -> Store:
    del bucket
    return Store(os.environ)


@pytest.fixture
def image(tmp_path: Path) -> Path:
    file = tmp_path / "image"
    file.write_bytes(os.urandom(3 * 1024**2 + 7))
    return file


def read(file: Path) -> bytes:
    return file.read_bytes()


def write(file: Path, data: bytes) -> None:
    file.write_bytes(data)


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


async def test_an_object_is_written_once_whole_and_typed(
    store: Store, bucket: str, image: Path, s3_server: Any
) -> None:
    data = read(image)
    assert await store.put(bucket, KEY, image, "image/png")
    write(image, b"something else")
    assert not await store.put(bucket, KEY, image, "image/png")
    assert s3_server.objects(bucket) == {KEY: data}
    assert b"".join([block async for block in store.read(bucket, KEY)]) == data
    assert await store.holds(bucket, KEY, len(data), sha256(data))
    assert not await store.holds(bucket, KEY, len(data), sha256(b""))
    assert not await store.holds(bucket, "a/none", len(data), sha256(data))
    import obstore

    assert obstore.get(s3_server.bucket(bucket), KEY).attributes["Content-Type"] == "image/png"


async def test_a_check_proves_that_one_may_write_and_leaves_one_small_object(
    store: Store, bucket: str, s3_server: Any
) -> None:
    for _again in range(3):
        await store.check(Bucket(bucket, "team/a"))
    assert [*s3_server.objects(bucket)] == ["team/a/.imagedeck"]


async def test_a_bucket_that_is_missing_is_said_and_not_made(store: Store, s3_server: Any) -> None:
    with pytest.raises(StoreError, match=r"no bucket not-there at http://127.*IMAGEDECK_OUT"):
        await store.check(Bucket("not-there"))
    with pytest.raises(StoreError, match="no bucket not-there"):
        _blocks = [block async for block in store.read("not-there", "a")]
    with pytest.raises(Exception, match="NoSuchBucket"):
        s3_server.objects("not-there")


async def test_an_object_that_is_gone_is_named(store: Store, bucket: str) -> None:
    with pytest.raises(UnknownKeyError, match=f"s3://{bucket}/a.png is not there any more"):
        _blocks = [block async for block in store.read(bucket, "a.png")]


async def test_without_the_extra_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "obstore", None)
    with pytest.raises(StoreError, match=r"pip install 'imagedeck\[shared\]'"):
        await Store({}).check(Bucket("pictures", ""))


async def test_a_server_that_is_away_is_named(bucket: str, free_port: int, image: Path) -> None:
    store = Store({**os.environ, "AWS_ENDPOINT_URL": f"http://127.0.0.1:{free_port}"})
    with pytest.raises(StoreError, match=f"127.0.0.1:{free_port} can't be reached"):
        await store.put(bucket, "a.png", image, "image/png")


@pytest.mark.parametrize(
    ("left_out", "said"),
    [
        ({"AWS_ACCESS_KEY_ID": ""}, "AWS_ACCESS_KEY_ID is not set"),
        ({"AWS_SECRET_ACCESS_KEY": " "}, "AWS_SECRET_ACCESS_KEY is not set"),
        ({"AWS_ACCESS_KEY_ID": "a\nb"}, "AWS_ACCESS_KEY_ID can't be right"),
        ({"AWS_SESSION_TOKEN": "ü"}, "AWS_SESSION_TOKEN can't be right"),
        ({"AWS_REGION": "here and there"}, "AWS_REGION must be a name such as"),
        *(
            ({"AWS_ENDPOINT_URL": one}, "AWS_ENDPOINT_URL must be an address such as https://")
            for one in (
                *("127.0.0.1:1", "ftp://127.0.0.1", "http://", "https://exa mple", "http://[::1"),
                *(
                    "http://127.0.0.1:99999",
                    "http://me:secret@127.0.0.1:1",
                    "http://a?b",
                    "http://ü",
                ),
            )
        ),
    ],
)
async def test_a_variable_that_is_missing_or_wrong_is_named(
    left_out: dict[str, str], said: str
) -> None:
    environ = {"AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "b", **left_out}
    with pytest.raises(StoreError, match=said) as caught:
        await Store(environ).check(Bucket("pictures"))
    assert "secret" not in str(caught.value)


async def test_credentials_may_lie_in_the_files_of_other_programs(
    bucket: str, s3_server: Any, tmp_path: Path
) -> None:
    folder = tmp_path / ".aws"
    folder.mkdir()
    names = {name.lower(): value for name, value in s3_server.access.items()}
    lines = "".join(f"{name} = {value}\n" for name, value in names.items())
    write(folder / "credentials", f"[team]\n{lines}".encode())
    config = f"[default]\nregion=x\n[profile team]\nendpoint_url = {s3_server.url}/\n"
    write(folder / "config", config.encode())
    home = {"HOME": str(tmp_path)}
    await Store({**home, "AWS_PROFILE": "team"}).check(Bucket(bucket))
    write(folder / "credentials", f"[default]\n{lines}".encode())
    await Store({**home, "AWS_ENDPOINT_URL": s3_server.url}).check(Bucket(bucket))
    with pytest.raises(StoreError, match="there is no profile other in"):
        await Store({**home, "AWS_PROFILE": "other"}).check(Bucket(bucket))
    write(folder / "credentials", b"aws_secret_access_key = secret\n")
    with pytest.raises(StoreError, match="credentials can't be read: correct it") as caught:
        await Store(home).check(Bucket(bucket))
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    ("code", "status", "said"),
    [
        ("AccessDenied", 403, "need s3:PutObject and s3:GetObject"),
        ("", 403, "need s3:PutObject and s3:GetObject"),
        ("ExpiredToken", 400, "AWS_SESSION_TOKEN has expired"),
        ("InvalidAccessKeyId", 403, "does not know your AWS_ACCESS_KEY_ID"),
        ("SignatureDoesNotMatch", 403, "AWS_SECRET_ACCESS_KEY for another one"),
        ("PermanentRedirect", 301, "in another region than AWS_REGION says"),
        ("NotImplemented", 501, "can't write a new object without replacing an old one"),
        ("SlowDown", 503, "s3.example answers 503: SlowDown"),
        ("", 502, "s3.example answers 502: Server returned"),
    ],
)
def test_what_a_server_answers_is_said_in_words(code: str, status: int, said: str) -> None:
    body = f"<Error><Code>{code}</Code></Error>" if code else ""
    text = f"Server returned non-2xx status code: {status} X: {body}\n\nDebug source: Canary"
    problem = explained(OSError(text), bucket="pictures", store="s3.example")
    assert said in str(problem)
    assert "Canary" not in str(problem)


@pytest.mark.parametrize(
    ("text", "shown", "place"),
    [
        ("s3://pictures", "s3://pictures", "s3://pictures/a.png"),
        (" s3://pictures/team/a/ ", "s3://pictures/team/a", "s3://pictures/team/a/a.png"),
        ("s3://My_pictures.1/灯 塔", "s3://My_pictures.1/灯 塔", "s3://My_pictures.1/灯 塔/a.png"),
    ],
)
def test_a_bucket_is_read_from_an_address(text: str, shown: str, place: str) -> None:
    bucket = Bucket.parse(text)
    assert str(bucket) == shown
    assert bucket.place("a.png") == place
    assert is_remote(place)
    assert taken_apart(place) == (bucket.name, bucket.key("a.png"))


@pytest.mark.parametrize(
    "text",
    ["s3://", "s3://ab", "s3:///a", "s3://a b c/", "s3://pics/a//b", "s3://pics/../a", "s3://pics/\x1b",
     "s3://pics/" + "a" * 601],
)  # fmt: skip
def test_what_is_no_bucket_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"must be s3://BUCKET/PREFIX|more than 600 bytes"):
        Bucket.parse(text)
