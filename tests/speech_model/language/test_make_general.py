"""The model of general English made anew."""

from __future__ import annotations

from pathlib import Path

import pytest

from speech_model.language import arpa, make_general

GLOSS = '00001740 03 n 01 lamp 0 | a source of light; "he lit the lamp"\n'


@pytest.fixture
def database(tmp_path: Path) -> Path:
    for part in ("noun", "verb", "adj", "adv"):
        (tmp_path / f"data.{part}").write_text(GLOSS, encoding="latin-1")
    return tmp_path


def test_it_is_made_of_the_sources_without_speakers_for_measuring(
    database: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    table, out = database / "refs.tsv", database / "out.arpa.gz"
    rows = ["so0001\twe call it bear", "so0005\tzebras whisper loudly"]
    table.write_text(
        "path\tspeaker\ttext\n" + "".join(f"a.opus\t{row}\n" for row in rows), encoding="utf-8"
    )
    make_general.make(table, database, out)
    assert "n-grams" in capsys.readouterr().out
    written = arpa.read(out)
    assert len(written.tokens) == make_general.WORDS + 2
    pairs = {
        (written.tokens[key >> 20], written.tokens[key & ((1 << 20) - 1)])
        for key in written.levels[1].keys.tolist()
    }
    assert {("lit", "the"), ("call", "it")} <= pairs
    assert ("zebras", "whisper") not in pairs
