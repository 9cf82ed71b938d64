"""Downloads that go on where they were cut off."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest
from rich.progress import Progress

from speech_model.downloading import download, md5

URL = "https://publisher.test/model.zip"
CONTENT = os.urandom(100_000)


def ranged(request: httpx.Request) -> httpx.Response:
    """A server that can go on in the middle."""
    begin = int(request.headers.get("Range", "bytes=0-")[len("bytes=") : -1])
    if begin >= len(CONTENT):
        return httpx.Response(416)
    return httpx.Response(206 if begin else 200, stream=httpx.ByteStream(CONTENT[begin:]))


def whole(request: httpx.Request) -> httpx.Response:
    """A server that always begins at the beginning."""
    return httpx.Response(200, stream=httpx.ByteStream(CONTENT))


def gone(request: httpx.Request) -> httpx.Response:
    return httpx.Response(404, content=b"not here any more")


def fetched(path: Path, server: Callable[[httpx.Request], httpx.Response]) -> bytes:
    client = httpx.Client(transport=httpx.MockTransport(server))
    with client, Progress(disable=True) as progress:
        download(client, URL, path, progress)
    return path.read_bytes()


@pytest.mark.parametrize("server", [ranged, whole])
@pytest.mark.parametrize("have", [0, 1, 99_999])
def test_what_is_there_is_kept_and_the_rest_is_fetched(
    server: Callable[[httpx.Request], httpx.Response], have: int, tmp_path: Path
) -> None:
    path = tmp_path / "model.zip.part"
    if have:
        path.write_bytes(CONTENT[:have])
    assert fetched(path, server) == CONTENT


def test_a_complete_file_stays_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "model.zip.part"
    path.write_bytes(CONTENT)
    assert fetched(path, ranged) == CONTENT


def test_a_page_about_an_error_is_no_file(tmp_path: Path) -> None:
    path = tmp_path / "model.zip.part"
    with pytest.raises(httpx.HTTPStatusError):
        fetched(path, gone)
    assert not path.exists()


def test_the_checksum_is_that_of_the_content(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(CONTENT)
    assert md5(path) == hashlib.md5(CONTENT, usedforsecurity=False).hexdigest()
