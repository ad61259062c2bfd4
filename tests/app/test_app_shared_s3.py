"""The app where images are in a bucket."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tui.app.widgets.preview.picture_view import PictureView


async def test_images_of_a_bucket_are_seen_used_and_fetched(
    open_at: Any, http_gateway: Callable[..., Any], at_home: Path, bucket: str, s3_server: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setenv("IMAGEDECK_OUTPUT_DIR", f"s3://{bucket}/team")
    monkeypatch.delenv("DISPLAY", raising=False)
    async with open_at(http_gateway()) as person:
        await person.until_ready()
        await person.choose(1)
        await person.send("a lighthouse")
        await person.until_states("saved")
        (file,) = person.jobs[0].files
        view = person.app.main.query_one("#preview PictureView", PictureView)
        await person.until(lambda: view._picture)
        copies = at_home / ".local/share/imagedeck/originals"
        (copy,) = (copies / file.sha256).iterdir()
        assert copy.name == file.path.rpartition("/")[2]
        await person.go_to("#jobs")
        await person.press("u")
        await person.until_sees("Its first image is a reference now.", copy.name[:20])
        await person.press("F")
        await person.until_sees("Copy 1 image of 1 job to")
        await person.write("#line", str(at_home / "here"))
        await person.press("enter")
        await person.until_sees("Copied: 1 image to")
        fetched = at_home / "here" / copy.name
        assert fetched.read_bytes() == copy.read_bytes()
        assert fetched.with_name(f"{fetched.name}.json") in fetched.parent.iterdir()
        import obstore

        obstore.delete(s3_server.bucket(bucket), file.path.removeprefix(f"s3://{bucket}/"))
        copy.unlink()
        await person.press("o")
        await person.until_sees("is not there any more")
        await person.press("D")
        await person.until_sees("images in S3 stay there")
