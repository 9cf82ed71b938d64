"""Training examples with their annotations, read from and written as Rasa's YAML."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from speech_model.language.training_data import pieces
from warmline.training_data import as_said, sentences


@dataclass(frozen=True, order=True)
class Example:
    """One sentence of the training data.

    Attributes:
        file: Name of the file that it stands in.
        intent: What a caller means by it.
        text: The sentence, annotated: `where is my [lamp](product)`.
    """

    file: str
    intent: str
    text: str

    @property
    def words(self) -> str:
        """The sentence as it is said."""
        return as_said(self.text)

    @property
    def values(self) -> list[tuple[str, str]]:
        """The words of each annotation and its entity."""
        return [(" ".join(each.words), each.entity) for each in pieces(self.text) if each.entity]


def read_examples(folder: Path) -> list[Example]:
    """Read all examples of a folder.

    Args:
        folder: Its `.yml` files are read, not those of folders in it.

    Returns:
        The examples in their order; none where the folder is not there.

    Raises:
        TrainingDataError: A file is no training data.
    """
    return [
        Example(path.name, intent, text)
        for path in sorted(folder.glob("*.yml"))
        for intent, text in sentences(path)
        if intent is not None
    ]


def write_misheard(folder: Path, examples: Iterable[Example], heading: str) -> None:
    """Write examples to the files they belong in, sorted, in place of those that are there.

    They are marked by `misheard: true` in their metadata, so that what learns how sentences are
    built can pass over them (`bot/components/sense_check.py`).

    Args:
        folder: Made when needed; its other `.yml` files are removed.
        examples: What is written.
        heading: Lines of comment for the top of each file, without the `#`.
    """
    by_file: defaultdict[str, defaultdict[str, set[str]]]
    by_file = defaultdict(lambda: defaultdict(set))
    for example in examples:
        by_file[example.file][example.intent].add(example.text)
    folder.mkdir(parents=True, exist_ok=True)
    for path in folder.glob("*.yml"):
        if path.name not in by_file:
            path.unlink()
    for name, by_intent in by_file.items():
        lines = [f"# {line}".rstrip() for line in heading.splitlines()]
        lines += ['version: "3.1"', "", "nlu:"]
        for intent, texts in sorted(by_intent.items()):
            lines += [f"- intent: {intent}", "  metadata:", "    misheard: true", "  examples: |"]
            lines += [f"    - {text}" for text in sorted(texts)]
            lines.append("")
        (folder / name).write_text("\n".join(lines), encoding="utf-8")
