"""How the commands speak: one line for what went well, and one for what did not."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import typer
from rich.console import Console

if TYPE_CHECKING:
    from warmline.settings import Settings

OUR_PACKAGES = ("warmline", "agent_desk", "voice_gateway", "contact_center", "speech_model")


@contextmanager
def plainly() -> Iterator[None]:
    """Say our own errors, and wrong settings, in one line instead of a traceback."""
    from pydantic import ValidationError

    try:
        yield
    except ValidationError as error:
        from warmline.settings import variable

        for problem in error.errors():
            # Only says that another setting, which is complained about itself, is wrong.
            if problem["type"] == "default_factory_not_called":
                continue
            name = variable(str(problem["loc"][0])) if problem["loc"] else "settings"
            complain(f"{name}: {problem['msg']}")
        raise typer.Exit(1) from None
    except KeyboardInterrupt:
        raise typer.Exit(130) from None
    except Exception as error:
        # An exception of ours carries a message that is for the user.
        if type(error).__module__.split(".")[0] not in OUR_PACKAGES:
            raise
        complain(str(error))
        raise typer.Exit(1) from None


def complain(message: str) -> None:
    """Say what went wrong.

    Args:
        message: One sentence, or a few.
    """
    Console(stderr=True).print(f"[red]warmline:[/] {plain(message)}", soft_wrap=True)


def plain(text: str) -> str:
    """Write a text so that nothing in it is taken for markup.

    Args:
        text: Anything.

    Returns:
        The text for a rich console.
    """
    from rich.markup import escape

    return escape(text)


def read_settings() -> Settings:
    """Read the settings; loading what reads them takes a moment, so only commands do.

    Returns:
        The settings.
    """
    from warmline.settings import load_settings

    return load_settings()


def say_line(line: str) -> None:
    """Say what was done.

    Args:
        line: One line.
    """
    typer.echo(line)
