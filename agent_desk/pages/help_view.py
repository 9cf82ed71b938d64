"""What to do next, and the articles that help."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from agent_desk import words
from agent_desk.pages.parts import box, text
from agent_desk.plain_text import plain

if TYPE_CHECKING:
    from contact_center.knowledge import Article

LATEST_TURNS = 3
"""Of the caller; what was said before does not change what is suggested."""


class HelpView:
    """Suggested next steps, and articles that fit what is being said."""

    def __init__(self) -> None:
        self._shown: object = None
        with box("section", "card help scroll", tabindex=0, aria_label="Next steps"):
            self._place = box(classes="stack")

    def show(self, suggestions: Sequence[str], articles: Sequence[Article]) -> None:
        """Show what helps.

        Args:
            suggestions: What the line suggests to do next.
            articles: The articles, best first.
        """
        key = (tuple(suggestions), tuple(article.title for article in articles))
        if key == self._shown:
            return
        self._shown = key
        self._place.clear()
        with self._place:
            text("Next steps", "h2")
            if suggestions:
                with box("ul", "steps"):
                    for suggestion in suggestions:
                        text(words.sentence(suggestion), "li")
            elif not articles:
                text("Nothing to suggest.", "p", "quiet")
            for article in articles:
                _article(article)


def _article(article: Article) -> None:
    with box("details", "article"):
        text(plain(article.title, 90), "summary")
        if article.steps:
            with box("ol"):
                for step in article.steps:
                    text(plain(step, 300), "li")
        if article.promise:
            text(f"May be promised: {plain(article.promise, 400)}", "p", "promise")
