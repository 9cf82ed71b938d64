"""`python -m actions` runs the action server."""

from __future__ import annotations

import os
from typing import Annotated

import typer

from actions.server import create_app
from contact_center.settings import ContactCenterSettings

# Typer's own tracebacks print local variables, the secret among them.
command = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


@command.command()
def main(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on.")] = 5055,
) -> None:
    """Run the assistant's action server."""
    secret = os.environ.get("WARMLINE_ACTIONS_SECRET", "")
    if not secret:
        raise typer.BadParameter("set WARMLINE_ACTIONS_SECRET, the same as for the assistant")
    settings = ContactCenterSettings()
    if not settings.outbox_secrets:
        raise typer.BadParameter("set WARMLINE_OUTBOX_SECRET, the same as for the server")
    app = create_app(secret, settings)
    app.run(host=host, port=port, single_process=True, access_log=False, motd=False)


if __name__ == "__main__":
    command()
