"""Word classes written as a grammar in JSGF, the Java Speech Grammar Format.

Understood: rules, `public`, alternatives with weights, groups, options, `*` and `+`, `<NULL>` and
comments; as the format is described at https://www.w3.org/TR/jsgf/. Imports, tags and rules that
contain themselves are not.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from speech_model.language.automaton import AutomatonError, WordAutomaton
from speech_model.language.drawing import Sketch

_TOKEN: Final = re.compile(
    r"(?P<skip>\s+|//[^\n]*|/\*.*?\*/)"
    r"|(?P<weight>/\s*\d+(?:\.\d+)?\s*/)"
    r"|(?P<rule><[\w.]+>)"
    r"|(?P<word>[a-z][a-z']*)"
    r"|(?P<mark>[=|()\[\];*+])",
    re.DOTALL,
)
_HEADER: Final = re.compile(r"\s*#JSGF[^;]*;")
# How likely `*` and `+` go round once more; JSGF leaves it open.
_ONCE_MORE: Final = 0.5


class GrammarError(ValueError):
    """A grammar cannot be read; the message names the line or the rule."""


@dataclass(frozen=True, slots=True)
class _Word:
    word: str


@dataclass(frozen=True, slots=True)
class _Rule:
    name: str


@dataclass(frozen=True, slots=True)
class _Sequence:
    parts: tuple[_Node, ...]


@dataclass(frozen=True, slots=True)
class _Choice:
    alternatives: tuple[tuple[float, _Node], ...]


@dataclass(frozen=True, slots=True)
class _Repeat:
    part: _Node
    optional: bool


_Node = _Word | _Rule | _Sequence | _Choice | _Repeat


def classes(text: str) -> dict[str, WordAutomaton]:
    """Read a grammar.

    Args:
        text: A whole JSGF file.

    Returns:
        The automaton of each public rule, by its name with the brackets (`<order_number>`).

    Raises:
        GrammarError: It is not a grammar, a rule is missing, or one contains itself or nothing.
    """
    rules, public = _Parser(text).rules()
    drawn: dict[str, WordAutomaton] = {}
    for name in public:
        _make(name, rules, drawn, ())
    return {name: drawn[name] for name in public}


def _make(
    name: str,
    rules: Mapping[str, _Node],
    drawn: dict[str, WordAutomaton],
    inside: tuple[str, ...],
) -> None:
    """Make the automaton of a rule, after those of the rules in it."""
    if name in drawn:
        return
    if name not in rules:
        raise GrammarError(f"there is no rule {name}")
    if name in inside:
        raise GrammarError(f"rule {name} contains itself")
    for other in _rules_in(rules[name]):
        _make(other, rules, drawn, (*inside, name))
    sketch = Sketch()
    start, end = sketch.state(), sketch.state()
    _draw(rules[name], sketch, start, end, drawn)
    try:
        drawn[name] = sketch.finish(start, end)
    except AutomatonError as error:
        raise GrammarError(f"rule {name}: {error}") from error


def _rules_in(node: _Node) -> Iterator[str]:
    match node:
        case _Rule(name):
            yield name
        case _Sequence(parts):
            for part in parts:
                yield from _rules_in(part)
        case _Choice(alternatives):
            for _, part in alternatives:
                yield from _rules_in(part)
        case _Repeat(part):
            yield from _rules_in(part)


def _draw(
    node: _Node, sketch: Sketch, start: int, end: int, drawn: Mapping[str, WordAutomaton]
) -> None:
    """Put what a node says between two states."""
    match node:
        case _Word(word):
            sketch.step(start, word, 1.0, end)
        case _Rule(name):
            sketch.insert(drawn[name], start, end)
        case _Sequence(parts):
            for part in parts:
                after = sketch.state()
                _draw(part, sketch, start, after, drawn)
                start = after
            sketch.step(start, None, 1.0, end)
        case _Choice(alternatives):
            total = sum(weight for weight, _ in alternatives)
            for weight, part in alternatives:
                before = sketch.state()
                sketch.step(start, None, weight / total, before)
                _draw(part, sketch, before, end, drawn)
        case _Repeat(part, optional):
            before, after = sketch.state(), sketch.state()
            _draw(part, sketch, before, after, drawn)
            sketch.step(start, None, _ONCE_MORE if optional else 1.0, before)
            if optional:
                sketch.step(start, None, 1 - _ONCE_MORE, end)
            sketch.step(after, None, _ONCE_MORE, before)
            sketch.step(after, None, 1 - _ONCE_MORE, end)


class _Parser:
    """Recursive descent over the tokens of one file."""

    def __init__(self, text: str) -> None:
        header = _HEADER.match(text)
        if header is None:
            raise GrammarError("line 1: a grammar begins with `#JSGF V1.0;`")
        self._tokens = list(_tokens(text, header.end()))
        self._at = 0
        self._take("word", "grammar")
        self._take("word")
        self._take("mark", ";")

    def rules(self) -> tuple[dict[str, _Node], list[str]]:
        found: dict[str, _Node] = {}
        public = []
        while self._kind():
            is_public = self._take_if("word", "public")
            line, name = self._line(), self._take("rule")
            self._take("mark", "=")
            if name in found:
                raise GrammarError(f"line {line}: there are two rules {name}")
            found[name] = self._alternatives()
            self._take("mark", ";")
            if is_public:
                public.append(name)
        return found, public

    def _alternatives(self) -> _Node:
        alternatives = [self._weighted()]
        while self._take_if("mark", "|"):
            alternatives.append(self._weighted())
        return alternatives[0][1] if len(alternatives) == 1 else _Choice(tuple(alternatives))

    def _weighted(self) -> tuple[float, _Node]:
        line = self._line()
        weight = float(self._take("weight").strip("/")) if self._kind() == "weight" else 1.0
        if weight <= 0:
            raise GrammarError(f"line {line}: a weight must be above zero")
        parts = []
        while self._kind() in ("word", "rule") or self._text() in ("(", "["):
            parts.append(self._repeated())
        if not parts:
            raise GrammarError(f"line {self._line()}: something to say is missing; see <NULL>")
        return weight, parts[0] if len(parts) == 1 else _Sequence(tuple(parts))

    def _repeated(self) -> _Node:
        if self._take_if("mark", "("):
            part = self._alternatives()
            self._take("mark", ")")
        elif self._take_if("mark", "["):
            part = _Choice(((1.0, self._alternatives()), (1.0, _Sequence(()))))
            self._take("mark", "]")
        elif self._kind() == "rule":
            name = self._take("rule")
            part = _Sequence(()) if name == "<NULL>" else _Rule(name)
        else:
            part = _Word(self._take("word"))
        if self._text() in ("*", "+"):
            part = _Repeat(part, optional=self._take("mark") == "*")
        return part

    def _kind(self) -> str:
        return self._tokens[self._at][0] if self._at < len(self._tokens) else ""

    def _text(self) -> str:
        return self._tokens[self._at][1] if self._at < len(self._tokens) else ""

    def _line(self) -> int:
        return self._tokens[min(self._at, len(self._tokens) - 1)][2] if self._tokens else 1

    def _take(self, kind: str, text: str | None = None) -> str:
        if self._kind() != kind or (text is not None and self._text() != text):
            found = f"`{self._text()}`" if self._kind() else "the end"
            raise GrammarError(f"line {self._line()}: expected {text or kind}, found {found}")
        self._at += 1
        return self._tokens[self._at - 1][1]

    def _take_if(self, kind: str, text: str) -> bool:
        if self._kind() == kind and self._text() == text:
            self._at += 1
            return True
        return False


def _tokens(text: str, at: int) -> Iterator[tuple[str, str, int]]:
    """Kind, text and line of each token."""
    while at < len(text):
        match = _TOKEN.match(text, at)
        line = text.count("\n", 0, at) + 1
        if match is None:
            raise GrammarError(f"line {line}: cannot read `{text[at]}`")
        if match.lastgroup != "skip":
            yield str(match.lastgroup), match.group(), line
        at = match.end()
