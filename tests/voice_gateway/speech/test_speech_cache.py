from __future__ import annotations

import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from voice_gateway.speech.speech_cache import SpeechCache

SECOND = bytes(32_000)


def test_what_was_kept_is_found_by_its_whole_key(tmp_path: Path) -> None:
    cache = SpeechCache(tmp_path / "speech")
    cache.put(b"ab", "joe", "hello", 1.0, 8_000)
    assert cache.get("joe", "hello", 1.0, 8_000) == b"ab"
    assert cache.get("joe", "hello", 1.0, 16_000) is None
    assert SpeechCache(tmp_path / "speech").get("joe", "hello", 1.0, 8_000) == b"ab"


def test_the_least_recently_used_goes_first(tmp_path: Path) -> None:
    cache = SpeechCache(tmp_path, limit_bytes=20 * len(SECOND))
    for number in range(40):
        cache.put(SECOND, number)
        assert cache.get(0) is not None, "what is used again and again stays"
    assert cache.get(1) is None
    assert cache.get(39) is not None


def test_what_is_no_audio_is_not_used(tmp_path: Path) -> None:
    cache = SpeechCache(tmp_path)
    cache.put(b"abc", "odd")
    cache.put(b"", "empty")
    assert cache.get("odd") is None
    assert cache.get("empty") is None


def test_a_folder_that_cannot_be_made_is_no_reason_to_fail(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    cache = SpeechCache(tmp_path / "file" / "speech")
    cache.put(b"ab", "key")
    assert cache.get("key") is None


@contextmanager
def full_disk() -> Iterator[None]:
    """No file of this process may grow, which is what a full disk looks like from inside."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1024, hard))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_a_full_disk_is_no_reason_to_fail_and_loses_nothing(tmp_path: Path) -> None:
    cache = SpeechCache(tmp_path)
    cache.put(SECOND, "before")
    with full_disk():
        cache.put(SECOND * 10, "meanwhile")
        assert cache.get("meanwhile") is None
    assert cache.get("before") == SECOND
    cache.put(SECOND, "after")
    assert cache.get("after") == SECOND
