"""What all pages share: the company, the database and the time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.responses import HTMLResponse

from contact_center.database import Database
from contact_center.settings import ContactCenterSettings

HERE = Path(__file__).parent


@dataclass(frozen=True)
class Site:
    """The desk's pages of one company.

    Args:
        settings: The company's name, and the address under which browsers reach the pages.
        database: What the pages are about.
        shows_outbox: Whether waiting messages may be read, bodies included; for development only.
        call_page: The address of the test page, for the front page; None hides it.
        clock: The present, aware.
    """

    settings: ContactCenterSettings
    database: Database
    shows_outbox: bool = False
    call_page: str | None = None
    clock: Callable[[], datetime] = field(default=lambda: datetime.now(UTC))

    def page(
        self, name: str, status: int = 200, headers: dict[str, str] | None = None, **values: Any
    ) -> HTMLResponse:
        """Make a page from its template.

        Args:
            name: The template, without its ending.
            status: HTTP status.
            headers: Further headers.
            values: What the template is given; everything in it is escaped.

        Returns:
            A response that must not be kept by anybody.
        """
        template = _templates().get_template(f"{name}.html.j2")
        html = template.render(company=self.settings.company_name, **values)
        return HTMLResponse(html, status, {"Cache-Control": "no-store", **(headers or {})})

    def message(
        self, status: int, heading: str, *paragraphs: str, headers: dict[str, str] | None = None
    ) -> HTMLResponse:
        """Make a page that only says something.

        Args:
            status: HTTP status.
            heading: What happened.
            paragraphs: What to do.
            headers: Further headers.

        Returns:
            A response that must not be kept by anybody.
        """
        return self.page("message", status, headers, heading=heading, paragraphs=paragraphs)


@cache
def _templates() -> Environment:
    return Environment(
        loader=PackageLoader("agent_desk.web"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
