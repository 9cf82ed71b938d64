"""The sentences of the assistant's answers that are always the same, for synthesising ahead."""

from __future__ import annotations

from pathlib import Path

from ruamel.yaml import YAML

from voice_gateway.speech.spoken_text import sentences


def fixed_answers(folder: Path, company: str) -> list[str]:
    """Collect sentences that have nothing of a caller's in them.

    Args:
        folder: With Rasa's response files; one that is not there has no answers.
        company: The company's name, which answers may contain.

    Returns:
        The sentences, each once, in the order of the files.
    """
    reader = YAML(typ="safe", pure=True)
    found: dict[str, None] = {}
    for path in sorted(folder.glob("*.yml")):
        responses = (reader.load(path) or {}).get("responses") or {}
        for variations in responses.values():
            for variation in variations:
                text = str(variation.get("text") or "").replace("{company}", company)
                for sentence in sentences(text):
                    if "{" not in sentence.text:
                        found[sentence.text] = None
    return list(found)
