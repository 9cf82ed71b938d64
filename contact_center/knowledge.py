"""Short articles for agents: what to do and what may be promised, suggested as a call goes on.

The articles lie in `nlu_data/knowledge/`, one Markdown file each; `nlu_data/README.md` tells how
to write one.
"""

from __future__ import annotations

import re
import sqlite3
from collections import defaultdict
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError

from contact_center.complaints import ComplaintLevel
from contact_center.customers import Tier
from contact_center.handoff_packet import HandoffPacket, HandoffReason
from contact_center.order_policy import Problem

DEFAULT_FOLDER: Final = Path(__file__).resolve().parents[1] / "nlu_data" / "knowledge"
PROMISE_HEADING: Final = "## What may be promised"

# How much each sign counts that an article fits. What the caller says now weighs as much as what
# the assistant understood before, so that a new matter comes up; a danger comes before all.
LEVEL: Final = 10.0
INTENT: Final = 3.0
LATEST_WORDS: Final = 3.0
CIRCUMSTANCES: Final = 2.0
EARLIER_WORDS: Final = 1.5
TELLING: Final = 4.0
"""The bm25 score of two words that hardly any other article has; more tells no more."""

_FILE: Final = re.compile(r"\A---\n(.*?)^---\n(.*)\Z", re.DOTALL | re.MULTILINE)
_STEP: Final = re.compile(r"^\d+\. (.+(?:\n(?!\d+\. |\n).+)*)", re.MULTILINE)
_WORD: Final = re.compile(r"[a-z0-9]{3,}")
_COMMON: Final = frozenset(
    _WORD.findall(
        "about and any are because been but can could did does don for from get give going got had "
        "has have her here him his how its just know let like may more need not now off one our "
        "out please said say says see she should some tell than that the their them then there "
        "these they this very want was way well were what when where which who why will with would "
        "you your"
    )
)


class KnowledgeError(ValueError):
    """An article cannot be read; the message says which and why."""


class Fits(BaseModel):
    """The head of an article: which calls it is for.

    Args:
        title: What it is about.
        intents: What the assistant understood, or worked on.
        words: Words and phrases by which a caller comes to it.
        customers: Only these are meant, if it is not for everybody.
        complaint_levels: The level of a complaint.
        reasons: Why the call left the assistant.
        policy: The problems of `order_policy.yml` whose limits it names.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    title: Annotated[str, Field(min_length=1)]
    intents: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    customers: tuple[Tier | Literal["staff"], ...] = ()
    complaint_levels: tuple[ComplaintLevel, ...] = ()
    reasons: tuple[HandoffReason, ...] = ()
    policy: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class Article:
    """What an agent does about one matter.

    Args:
        name: The name of its file, without the ending.
        title: What it is about.
        steps: What to do, in order.
        promise: What may be promised, and what may not.
        text: Steps and promise as they are written, in Markdown.
        fits: Which calls it is for.
    """

    name: str
    title: str
    steps: tuple[str, ...]
    promise: str
    text: str
    fits: Fits


class Knowledge:
    """The articles, and which of them fit a call.

    Args:
        folder: Where they lie; None for the project's own.

    Raises:
        KnowledgeError: An article cannot be read.
    """

    def __init__(self, folder: Path | None = None) -> None:
        paths = sorted((folder or DEFAULT_FOLDER).glob("*.md"))
        self.articles = tuple(read(path.read_text(encoding="utf-8"), path.stem) for path in paths)
        self._index = _index(self.articles)

    def suggest(
        self, packet: HandoffPacket, latest_words: str = "", limit: int = 3
    ) -> tuple[Article, ...]:
        """Find what fits a call as it stands.

        Args:
            packet: What was handed over.
            latest_words: What the caller said since.
            limit: How many articles at most.

        Returns:
            The best fitting first; fewer, or none, when nothing else fits.
        """
        said = (line.text for line in packet.transcript if line.speaker == "caller")
        earlier = self._by_words(" ".join((packet.summary.issue, *said)))
        latest = self._by_words(latest_words)
        scores = {
            article: _by_facts(article.fits, packet)
            + EARLIER_WORDS * earlier[article.name]
            + LATEST_WORDS * latest[article.name]
            for article in self.articles
            if _is_for(article.fits, packet)
        }
        fitting = [article for article, score in scores.items() if score > 0]
        return tuple(sorted(fitting, key=lambda article: -scores[article])[:limit])

    def _by_words(self, text: str) -> defaultdict[str, float]:
        """How much a text speaks of each article, from 0 to 1."""
        words = set(_WORD.findall(text.lower())) - _COMMON
        if not words:
            return defaultdict(float)
        rows = self._index.execute(
            "SELECT name, -bm25(articles) FROM articles WHERE articles MATCH ?",
            (" OR ".join(sorted(words)),),
        )
        return defaultdict(float, {name: min(1.0, score / TELLING) for name, score in rows})


def read(text: str, name: str) -> Article:
    """Read an article.

    Args:
        text: A head in YAML between two lines of "---", then the steps as a numbered list, then
            what may be promised under its heading.
        name: What the article is called, such as the name of its file.

    Returns:
        The article.

    Raises:
        KnowledgeError: It is not written in this way; says what is wrong.
    """
    parts = _FILE.match(text)
    if parts is None:
        raise KnowledgeError(f"{name}: begins with no head between two lines of '---'.")
    body = parts[2].strip()
    steps, found, promise = body.partition(PROMISE_HEADING)
    listed = tuple(" ".join(step.split()) for step in _STEP.findall(steps))
    if not listed:
        raise KnowledgeError(f"{name}: has no steps; write them as '1. ...', '2. ...'.")
    if not found or not promise.strip():
        raise KnowledgeError(f"{name}: says nothing under '{PROMISE_HEADING}'.")
    fits = _fits(parts[1], name)
    return Article(
        name=name,
        title=fits.title,
        steps=listed,
        promise=" ".join(promise.split()),
        text=body,
        fits=fits,
    )


def _fits(text: str, name: str) -> Fits:
    try:
        head: Any = YAML(typ="safe").load(StringIO(text))
    except MarkedYAMLError as error:
        raise KnowledgeError(f"{name}: the head is no YAML: {error.problem}.") from error
    try:
        return Fits.model_validate(head)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(each) for each in first["loc"])
        raise KnowledgeError(f"{name}: {place or 'the head'}: {first['msg']}.") from error


def _is_for(fits: Fits, packet: HandoffPacket) -> bool:
    customer = packet.customer
    who = set() if customer is None else {customer.tier, "staff" if customer.is_staff else ""}
    return not fits.customers or not who.isdisjoint(fits.customers)


def _by_facts(fits: Fits, packet: HandoffPacket) -> float:
    problem = packet.slots.get("problem")
    wanted = {packet.intent.name if packet.intent else "", str(problem.value) if problem else ""}
    level = packet.complaint.level if packet.complaint else None
    return (
        LEVEL * (level in fits.complaint_levels)
        + INTENT * bool(wanted & set(fits.intents))
        + CIRCUMSTANCES * bool(fits.customers and not fits.intents)
        + CIRCUMSTANCES * (packet.reason in fits.reasons)
    )


def _index(articles: tuple[Article, ...]) -> sqlite3.Connection:
    # Only what the head lists is searched: every article speaks of callers, orders and days.
    index = sqlite3.connect(":memory:", check_same_thread=False)
    index.execute(
        "CREATE VIRTUAL TABLE articles USING fts5(name UNINDEXED, words, tokenize = 'porter')"
    )
    index.executemany(
        "INSERT INTO articles VALUES (?, ?)",
        [(each.name, " ".join((each.title, *each.fits.words))) for each in articles],
    )
    return index
