"""A child's log keeps what is recent and never stands in the child's way."""

from __future__ import annotations

from pathlib import Path

from warmline.child_log import ChildLog


def test_lines_are_appended(tmp_path: Path) -> None:
    log = ChildLog(tmp_path / "log" / "server.log")
    log.write("one")
    log.write("two")
    assert log.path.read_text() == "one\ntwo\n"


def test_a_full_log_is_kept_once_and_begun_anew(tmp_path: Path) -> None:
    log = ChildLog(tmp_path / "server.log", max_bytes=100)
    for number in range(50):
        log.write(f"line {number}")
    assert log.path.read_text().endswith("line 49\n")
    kept = sum(file.stat().st_size for file in tmp_path.iterdir())
    assert [file.name for file in sorted(tmp_path.iterdir())] == ["server.log", "server.log.1"]
    assert kept <= 200


def test_a_log_that_cannot_be_written_costs_only_its_lines(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    ChildLog(tmp_path / "file" / "server.log").write("lost")
