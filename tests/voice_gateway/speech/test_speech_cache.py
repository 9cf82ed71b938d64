from __future__ import annotations

import os
from pathlib import Path

import pytest

from voice_gateway.speech.speech_cache import SpeechCache


def test_what_was_kept_is_found_by_its_whole_key(tmp_path: Path) -> None:
    cache = SpeechCache(tmp_path / "speech")
    cache.put(b"ab", "joe", "hello", 1.0, 8_000)
    assert cache.get("joe", "hello", 1.0, 8_000) == b"ab"
    assert cache.get("joe", "hello", 1.0, 16_000) is None
    assert SpeechCache(tmp_path / "speech").get("joe", "hello", 1.0, 8_000) == b"ab"


def test_the_least_recently_used_goes_first(tmp_path: Path) -> None:
    cache = SpeechCache(tmp_path, limit_bytes=1000)
    for number in range(8):
        cache.put(bytes(120), number)
        for age, path in enumerate(sorted(tmp_path.glob("*.pcm"), key=lambda p: p.stat().st_mtime)):
            os.utime(path, (1000 + age, 1000 + age))
    assert cache.get(0) is not None  # used: now the newest
    cache.put(bytes(120), 8)
    assert cache.get(0) is not None
    assert cache.get(1) is None
    assert sum(path.stat().st_size for path in tmp_path.iterdir()) <= 1000


def test_a_damaged_file_is_not_used(tmp_path: Path) -> None:
    cache = SpeechCache(tmp_path)
    cache.put(b"abcd", "key")
    next(tmp_path.glob("*.pcm")).write_bytes(b"abc")
    assert cache.get("key") is None


def test_nothing_half_written_is_left(tmp_path: Path) -> None:
    SpeechCache(tmp_path).put(b"ab", "key")
    assert [path.suffix for path in tmp_path.iterdir()] == [".pcm"]


def test_a_disk_that_does_not_take_it_is_no_reason_to_fail(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    cache = SpeechCache(tmp_path / "file" / "speech")
    cache.put(b"ab", "key")
    assert cache.get("key") is None


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_full_disk_leaves_no_rubbish(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = os.fdopen

    def full(descriptor: int, mode: str) -> object:
        os.dup2(os.open("/dev/full", os.O_WRONLY), descriptor)
        return real(descriptor, mode)

    monkeypatch.setattr(os, "fdopen", full)
    cache = SpeechCache(tmp_path)
    cache.put(b"ab", "key")
    assert cache.get("key") is None
    assert list(tmp_path.iterdir()) == []
