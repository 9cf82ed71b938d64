"""Downloads that go on where they were cut off."""

from __future__ import annotations

import hashlib
from pathlib import Path, PurePosixPath

import httpx
from rich.progress import Progress


def download(client: httpx.Client, url: str, part: Path, progress: Progress) -> None:
    """Fetch a file, or the rest of it.

    Args:
        client: Asks for it.
        url: Where it is.
        part: Where it goes; what is there already is its beginning.
        progress: Shows how far it is.

    Raises:
        httpx.HTTPError: It cannot be reached, or the answer is another one.
        OSError: It cannot be written.
    """
    have = part.stat().st_size if part.exists() else 0
    headers = {"Accept-Encoding": "identity"}
    if have:
        headers["Range"] = f"bytes={have}-"
    with client.stream("GET", url, headers=headers) as answer:
        if have and answer.status_code == httpx.codes.REQUESTED_RANGE_NOT_SATISFIABLE:
            return  # all of it is here already
        answer.raise_for_status()
        continued = answer.status_code == httpx.codes.PARTIAL_CONTENT
        have = have if continued else 0
        length = answer.headers.get("Content-Length")
        total = have + int(length) if length else None
        task = progress.add_task(PurePosixPath(answer.url.path).name, total=total, completed=have)
        with part.open("ab" if continued else "wb") as file:
            for block in answer.iter_raw():
                file.write(block)
                progress.update(task, advance=len(block))


def md5(path: Path) -> str:
    """Compute the checksum that publishers of models and corpora give.

    Args:
        path: The file.

    Returns:
        32 hexadecimal digits.
    """
    with path.open("rb") as file:
        return hashlib.file_digest(file, lambda: hashlib.md5(usedforsecurity=False)).hexdigest()
