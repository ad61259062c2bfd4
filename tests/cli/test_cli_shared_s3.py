"""The command with images in a real S3 server's bucket."""

import hashlib
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest

Run = Callable[..., Any]


@pytest.fixture
def place(bucket: str, home: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Let images go to S3, as the variable says."""
    del home
    monkeypatch.setenv("IMAGEDECK_OUTPUT_DIR", f"s3://{bucket}/team")
    return f"s3://{bucket}/team"


def test_images_go_to_the_bucket_and_nowhere_else(
    deck: Run, at_gateway: Run, place: str, bucket: str, s3_server: Any, home: Path
) -> None:
    at_gateway()
    ran = deck("generate", "gpt", "灯塔 at night", "--json")
    assert ran.code == 0
    (file,) = ran.objects[-1]["files"]
    assert file["path"].startswith(f"{place}/")
    objects = s3_server.objects(bucket)
    key = file["path"].removeprefix(f"s3://{bucket}/")
    assert sorted(objects) == ["team/.imagedeck", key, f"{key}.json"]
    assert len(objects[key]) == file["bytes"]
    assert not [one for one in home.rglob("*") if one.suffix in {".png", ".waiting"}]
    assert deck("show", ran.objects[-1]["job"], "--as", "file").out == f"{file['path']}\n"
    ran = deck("delete", ran.objects[-1]["job"])
    assert ran.code == 0
    assert f"never deleted from here, and stay: {file['path']}" in ran.err
    assert key in s3_server.objects(bucket)


@pytest.mark.parametrize(
    ("variable", "value", "said"),
    [
        ("AWS_SECRET_ACCESS_KEY", "", "AWS_SECRET_ACCESS_KEY is not set"),
        ("IMAGEDECK_OUTPUT_DIR", "s3://not-there", "There is no bucket not-there"),
        ("AWS_ENDPOINT_URL", "http://127.0.0.1:1", "see that it runs"),
    ],
)
@pytest.mark.usefixtures("place")
def test_what_is_wrong_is_said_before_anything_is_sent(
    deck: Run,
    at_gateway: Run,
    monkeypatch: pytest.MonkeyPatch,
    variable: str,
    value: str,
    said: str,
) -> None:
    gateway = at_gateway()
    assert "can be written to, and replaces nothing" in deck("doctor").out
    monkeypatch.setenv(variable, value)
    ran = deck("generate", "gpt", "a lighthouse")
    assert ran.code == 6
    assert said in ran.err
    assert not gateway.ledger().accepted
    assert deck("jobs").out == ""
    ran = deck("doctor")
    assert ran.code == 1
    assert "FIX  images in S3" in ran.out
    assert said in ran.out


def test_a_bucket_is_named_by_flag_setting_or_profile_and_by_no_project(
    deck: Run, home: Path
) -> None:
    settings = home / ".config/imagedeck/config.toml"
    settings.parent.mkdir(parents=True)
    settings.write_text(
        'output_dir = "s3://pictures/a/"\n[profiles.b]\noutput_dir = "s3://other"\n'
    )
    assert 'output_dir = "s3://pictures/a"  # ' in deck("config", "show").out
    assert 'output_dir = "s3://other"  # ' in deck("config", "show", "--profile", "b").out
    assert 'output_dir = "s3://flag/x"  # ' in deck(
        "config", "show", "--output-dir", " s3://flag/x"
    ).out  # fmt: skip
    ran = deck("jobs", "--output-dir", "s3://x")
    assert ran.code == 2
    assert "--output-dir: must be s3://BUCKET/PREFIX" in ran.err
    settings.write_text('output_dir = "s3:/pictures"\n')
    assert "or s3://BUCKET/PREFIX" in deck("jobs").err
    settings.unlink()
    Path("imagedeck.toml").write_text('output_dir = "s3://strangers"\n')
    ran = deck("jobs")
    assert ran.code == 2
    assert "a project file may come from a stranger" in ran.err


@pytest.mark.usefixtures("place")
def test_any_host_gets_at_the_images(
    deck: Run, at_gateway: Run, bucket: str, s3_server: Any, home: Path, tmp_path: Path
) -> None:
    at_gateway()
    ran = deck("generate", "gpt", "a {red|blue} boat", "--expand", "--json")
    jobs = {one["job"]: one["files"][0] for one in ran.objects if one["state"] == "saved"}
    assert len(jobs) == 2
    (job, file), (other, _file) = jobs.items()
    ran = deck("fetch", job, "--to", str(tmp_path / "out"), "--json")
    assert ran.code == 0
    copy = Path(ran.objects[0]["files"][0]["path"])
    assert copy == tmp_path / "out" / file["path"].rpartition("/")[2]
    key = file["path"].removeprefix(f"s3://{bucket}/")
    objects = s3_server.objects(bucket)
    assert copy.read_bytes() == objects[key]
    assert Path(f"{copy}.json").read_bytes() == objects[f"{key}.json"]
    for target in ("sheet", "a.zip"):
        ran = deck("export", "--to", target)
        assert (ran.code, ran.err) == (0, "2 images of 2 jobs.\n")
    assert (Path("sheet/images") / copy.name).read_bytes() == objects[key]
    with ZipFile("a.zip") as archive:
        assert archive.read(f"images/{copy.name}.json") == objects[f"{key}.json"]
    line = deck("show", job, "--as", "scp").out
    here = home / ".local/share/imagedeck/originals" / file["sha256"] / copy.name
    assert str(here) in line
    assert here.read_bytes() == objects[key]

    import obstore

    obstore.delete(s3_server.bucket(bucket), key)
    shutil.rmtree(home / ".local/share/imagedeck/originals")
    ran = deck("fetch", job, other, "--to", "again")
    assert ran.code == 6
    assert f"{file['path']} is not there any more" in ran.err
    assert len(ran.lines) == 1
    ran = deck("export", "--to", "sheet2")
    assert ran.code == 6
    assert f"{file['path']} is not there any more" in ran.err
    assert deck("show", job, "--as", "scp").code == 6


@pytest.mark.usefixtures("place")
def test_another_host_of_the_same_database_has_what_it_never_made(
    deck: Run, at_gateway: Run, database_url: str, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("IMAGEDECK_DATABASE_URL", database_url)
    at_gateway()
    made = deck("generate", "gpt", "a lighthouse", "--json").objects[-1]
    other = home.parent / "other"
    (other / "work").mkdir(parents=True)
    monkeypatch.setenv("HOME", str(other))
    monkeypatch.chdir(other / "work")
    (copy,) = deck("fetch", made["job"]).lines
    assert Path(copy).parent == other / "work"
    digest = hashlib.sha256(Path(copy).read_bytes()).hexdigest()
    assert digest == made["files"][0]["sha256"]
    assert deck("export", "--to", "page").code == 0
    assert (Path("page/images") / Path(copy).name).exists()


@pytest.mark.usefixtures("place")
def test_a_store_that_is_away_is_named_once(
    deck: Run, at_gateway: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    at_gateway()
    assert deck("generate", "gpt", "a {red|blue} boat", "--expand").code == 0
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
    ran = deck("fetch", "--search", "boat", "--json")
    assert ran.code == 6
    assert ran.err.count("can't be reached") == 1
    assert [one["error"]["kind"] for one in ran.objects] == ["disk", "disk"]
    ran = deck("export", "--to", "sheet")
    assert ran.code == 6
    assert "can't be reached" in ran.err
    assert not Path("sheet").exists()
