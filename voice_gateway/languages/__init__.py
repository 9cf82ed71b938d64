"""Loads the language resources that lie beside this file, one TOML file a language."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib import resources

from voice_gateway.conversation.affect_words import AffectWords
from voice_gateway.conversation.language import CodeWords, Language, Phrases, Wait


@cache
def load_language(name: str = "en_us") -> Language:
    """Read a language's words.

    Args:
        name: The file's name without its ending.

    Returns:
        The words that turn-taking needs.

    Raises:
        LookupError: There is no such language.
    """
    source = resources.files(__package__).joinpath(f"{name}.toml")
    if not source.is_file():
        raise LookupError(f"no language {name!r}: add voice_gateway/languages/{name}.toml")
    data = tomllib.loads(source.read_text(encoding="utf-8"))
    code_words = data["code_words"]
    return Language(
        phrases=Phrases(**{key: tuple(texts) for key, texts in data["phrases"].items()}),
        back_channels=frozenset(data["back_channels"]),
        hesitations=frozenset(data["hesitations"]),
        unfinished_endings=frozenset(data["unfinished_endings"]),
        searching=frozenset(data["searching"]),
        openings=frozenset(data["openings"]),
        affirmations=frozenset(data["affirmations"]),
        denials=frozenset(data["denials"]),
        digits=data["digits"],
        repeaters=data["repeaters"],
        waits=tuple(Wait(**wait) for wait in data["waits"]),
        code_words=CodeWords(
            homophones=code_words.pop("homophones"),
            **{key: frozenset(words) for key, words in code_words.items()},
        ),
        affect=AffectWords(
            cues=data["affect_cues"],
            **{name: frozenset(words) for name, words in data["affect"].items()},
        ),
    )
