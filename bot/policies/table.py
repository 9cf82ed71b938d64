"""Reads the escalation policy as a designer wrote it, and says what is wrong with it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, TypeVar

import yaml

from policies.decision import BY_KIND, ComplaintKind, Condition, ProblemKind, Row, Table
from policies.phrases import WordList

Found = TypeVar("Found")

REASONS = frozenset(
    {"requested", "emotion", "complaint", "complex", "low_confidence", "repeated_failure", "policy"}
)
_SECTIONS = (
    *("thresholds", "not_understood", "failed_attempts_in", "negations", "words"),
    *("problem_kinds", "complaint_kinds", "rows"),
)
_TURNS = ("rising_turns", "venting_turns")
_NUMBERS = (
    *("sure_at_least", "affect_at_least", "affect_rising_to", "frustrations_at_least"),
    *("misunderstandings_at_least", "failed_attempts_at_least", "different_problems_at_least"),
)
_WORD_LISTS = ("words", "unless_harmless")
_CONDITIONS = ("intent", *_WORD_LISTS, "tier", *_NUMBERS)
_LEVELS = {"1": 1, "2": 2, "3": 3}
_YES_NO = {"yes": True, "true": True, "no": False, "false": False}


class TableError(Exception):
    """The escalation policy cannot be used; the message says where and why."""


def read_table(text: str) -> Table:
    """Read the escalation policy.

    Args:
        text: YAML, in the form that `nlu_data/escalation.yml` explains.

    Returns:
        The table, checked.

    Raises:
        TableError: Something is wrong; the message names the row or list.
    """
    try:
        # Every scalar stays a text: to a designer, `no` is a word.
        content = yaml.load(text, Loader=yaml.BaseLoader)
    except yaml.YAMLError as error:
        raise TableError(f"escalation policy: this is no YAML: {error}") from error
    content = _mapping(content, "escalation policy", _SECTIONS, needed=_SECTIONS)
    negations = frozenset(_texts(content["negations"], "negations"))
    thresholds = {
        name: _number(value, f"threshold {name!r}", {})
        for name, value in _mapping(content["thresholds"], "thresholds", needed=_TURNS).items()
    }
    words = {
        name: _word_list(given, f"word list {name!r}", negations)
        for name, given in _mapping(content["words"], "words").items()
    }
    complaint_kinds = _complaint_kinds(content["complaint_kinds"], words)
    return Table(
        rows=tuple(_rows(content["rows"], thresholds, words)),
        words=words,
        problem_kinds=_problem_kinds(content["problem_kinds"], negations),
        complaint_kinds=complaint_kinds,
        not_understood=frozenset(_texts(content["not_understood"], "not_understood")),
        failed_attempts_in=tuple(_texts(content["failed_attempts_in"], "failed_attempts_in")),
        rising_turns=_turns(thresholds, "rising_turns"),
        venting_turns=_turns(thresholds, "venting_turns"),
    )


def _rows(
    given: Any, thresholds: Mapping[str, float], words: Mapping[str, WordList]
) -> Iterable[Row]:
    if not isinstance(given, list) or not given:
        raise TableError("rows: there must be at least one row")
    seen: set[str] = set()
    for number, each in enumerate(given, 1):
        name = each.get("name") if isinstance(each, dict) else None
        if not isinstance(name, str) or not name:
            raise TableError(f"row {number}: a row needs a `name`")
        where = f"row {name!r}"
        if name in seen:
            raise TableError(f"{where}: there is another row of this name")
        seen.add(name)
        keys = ("name", "when", "then", "even_again")
        row = _mapping(each, where, keys, needed=("name", "when", "then"))
        then = _mapping(row["then"], f"{where}, then", ("reason", "level"), needed=("reason",))
        alternatives = row["when"] if isinstance(row["when"], list) else [row["when"]]
        if not alternatives:
            raise TableError(f"{where}: `when` is empty")
        level = then.get("level")
        yield Row(
            name=name,
            when=tuple(_condition(each, where, thresholds, words) for each in alternatives),
            reason=_one_of(then["reason"], {reason: reason for reason in REASONS}, where),
            level=None if level is None else _one_of(level, {**_LEVELS, BY_KIND: BY_KIND}, where),
            even_again=_one_of(row.get("even_again", "no"), _YES_NO, where),
        )


def _condition(
    given: Any, where: str, thresholds: Mapping[str, float], words: Mapping[str, WordList]
) -> Condition:
    conditions = _mapping(given, f"{where}, when", _CONDITIONS)
    if not set(conditions) - {"sure_at_least", "unless_harmless"}:
        raise TableError(f"{where}: `when` must ask for something, or every call would leave")
    asked: dict[str, Any] = {}
    for name, value in conditions.items():
        if name in _NUMBERS:
            asked[name] = _number(value, f"{where}, {name}", thresholds)
        elif name in _WORD_LISTS:
            asked[name] = tuple(_texts(value, f"{where}, {name}"))
            for wanted in asked[name]:
                if wanted not in words:
                    raise TableError(f"{where}: there is no word list {wanted!r}{_known(words)}")
        else:
            asked[name] = frozenset(_texts(value, f"{where}, {name}"))
    return Condition(**asked)


def _problem_kinds(given: Any, negations: frozenset[str]) -> dict[str, ProblemKind]:
    kinds: dict[str, ProblemKind] = {}
    for name, each in _mapping(given, "problem_kinds").items():
        where = f"problem kind {name!r}"
        kind = _mapping(each, where, ("intents", "phrases", "but_not"), needed=("phrases",))
        intents = frozenset(_texts(kind.get("intents", []), where))
        rest = {key: value for key, value in kind.items() if key != "intents"}
        # "It has not arrived" is the trouble: negations are part of these phrases.
        kinds[name] = ProblemKind(intents, _word_list(rest, where, frozenset()))
    return kinds


def _complaint_kinds(given: Any, words: Mapping[str, WordList]) -> dict[str, ComplaintKind]:
    kinds: dict[str, ComplaintKind] = {}
    for name, each in _mapping(given, "complaint_kinds").items():
        where = f"complaint kind {name!r}"
        kind = _mapping(each, where, ("level", "words", "phrases"), needed=("level",))
        level = _one_of(kind["level"], _LEVELS, where)
        if "words" in kind and kind["words"] not in words:
            raise TableError(f"{where}: there is no word list {kind['words']!r}{_known(words)}")
        if "phrases" in kind:
            found = _word_list({"phrases": kind["phrases"]}, where, frozenset())
            kinds[name] = ComplaintKind(level, found)
        else:
            kinds[name] = ComplaintKind(level, words[kind["words"]] if "words" in kind else None)
    if not kinds or [*kinds.values()][-1].words is not None:
        raise TableError("complaint_kinds: the last one must be for the rest, without words")
    return kinds


def _word_list(given: Any, where: str, negations: frozenset[str]) -> WordList:
    keys = ("phrases", "but_not", "negations")
    lists = _mapping(given, where, keys, needed=("phrases",))
    phrases = _texts(lists["phrases"], where)
    if not phrases:
        raise TableError(f"{where}: it has no phrases")
    try:
        return WordList(
            phrases,
            _texts(lists.get("but_not", []), where),
            frozenset(_texts(lists["negations"], where)) if "negations" in lists else negations,
        )
    except ValueError as error:
        raise TableError(f"{where}: {error}") from error


def _mapping(
    given: Any, where: str, allowed: Iterable[str] = (), needed: Iterable[str] = ()
) -> dict[str, Any]:
    if not isinstance(given, dict):
        raise TableError(f"{where}: names with values are expected here, not {given!r}")
    known = tuple(allowed)
    for name in given:
        if known and name not in known:
            raise TableError(f"{where}: {name!r} is not known{_known(known)}")
    for name in needed:
        if name not in given:
            raise TableError(f"{where}: {name!r} is missing")
    return given


def _texts(given: Any, where: str) -> list[str]:
    texts = [given] if isinstance(given, str) else given
    if not isinstance(texts, list) or not all(isinstance(each, str) and each for each in texts):
        raise TableError(f"{where}: a word or a list of words is expected, not {given!r}")
    return texts


def _number(given: Any, where: str, thresholds: Mapping[str, float]) -> float:
    if isinstance(given, str) and given in thresholds:
        return thresholds[given]
    try:
        return float(given)
    except (TypeError, ValueError):
        raise TableError(f"{where}: {given!r} is no number{_known(thresholds)}") from None


def _turns(thresholds: Mapping[str, float], name: str) -> int:
    turns = thresholds[name]
    if turns < 1 or turns != int(turns):
        raise TableError(f"threshold {name!r}: it must be a whole number of turns")
    return int(turns)


def _one_of(given: Any, choices: Mapping[str, Found], where: str) -> Found:
    if not isinstance(given, str) or given not in choices:
        raise TableError(f"{where}: {given!r} is not one of {', '.join(sorted(choices))}")
    return choices[given]


def _known(names: Iterable[str]) -> str:
    known = ", ".join(sorted(names))
    return f" (known: {known})" if known else ""
