"""The `warmline` command. Each command loads what it needs, so that `--help` is quick."""

from __future__ import annotations

import asyncio
import sys
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from warmline.plainly import complain, plain, plainly, read_settings, say_line
from warmline.speech_commands import speech
from warmline.staff_commands import staff

app = typer.Typer(
    name="warmline",
    no_args_is_help=True,
    rich_markup_mode="markdown",
    pretty_exceptions_show_locals=False,
    help="A telephone line that answers itself, and hands over warm.",
    epilog=(
        "`warmline demo` shows everything in three spoken calls. "
        "`warmline up` opens the line. `warmline doctor` says what is missing."
    ),
)
models = typer.Typer(no_args_is_help=True, help="List, fetch and choose speech models.")
app.add_typer(models, name="models")
app.add_typer(speech, name="speech")
app.add_typer(staff, name="staff")


class Scope(StrEnum):
    """What a token may be used for."""

    call = "call"
    desk = "desk"


@app.command(epilog="Example: `warmline up --quiet`")
def up(
    quiet: Annotated[
        bool, typer.Option("--quiet", help="Leave out the children's own lines.")
    ] = False,
) -> None:
    """Bring the line up and keep it up: server, assistant and action server."""
    with plainly():
        from warmline.teaching import teach
        from warmline.training import train as train_model
        from warmline.up import up as run

        settings = read_settings()
        teach(settings, say_line)
        model = train_model(say_line)
        asyncio.run(run(settings, model, Console(), quiet=quiet))


@app.command()
def serve(
    teach_first: Annotated[
        bool,
        typer.Option("--teach", help="First teach the speech model what is new in `nlu_data`."),
    ] = False,
) -> None:
    """Run the server alone (`warmline up` runs it with the other two)."""
    with plainly():
        from warmline.serve import configure_logging
        from warmline.serve import serve as run
        from warmline.teaching import teach

        settings = read_settings()
        if teach_first:
            teach(settings, say_line)
        configure_logging(settings.log_level)
        asyncio.run(run(settings))


@app.command()
def train(
    force: Annotated[
        bool, typer.Option("--force", help="Train the assistant even if nothing has changed.")
    ] = False,
) -> None:
    """Train the assistant and teach the speech model, if what they are made from has changed.

    The next server hears and understands what is new in `nlu_data`.
    """
    with plainly():
        from warmline.teaching import teach
        from warmline.training import train as train_model

        teach(read_settings(), say_line)
        say_line(f"The assistant's model: {train_model(say_line, force=force).name}")


@app.command()
def seed() -> None:
    """Fill the database with made-up customers and orders; again and again does no harm."""
    with plainly():
        from warmline.seeding import seed_database

        say_line(asyncio.run(seed_database(read_settings())))


@app.command(
    epilog='Examples: `warmline call --say "when are you open" --say "thank you"`, '
    "`warmline call --wav caller.wav --record call.wav`"
)
def call(
    wav: Annotated[
        list[Path] | None, typer.Option(help="Play this sound file; may repeat.")
    ] = None,
    say: Annotated[list[str] | None, typer.Option(help="Say this; may repeat.")] = None,
    microphone: Annotated[bool, typer.Option("--microphone", help="Speak yourself.")] = False,
    url: Annotated[str | None, typer.Option(help="The server's address.")] = None,
    number: Annotated[
        str | None, typer.Option(help="The caller's number, like +15550100042.")
    ] = None,
    record: Annotated[
        Path | None, typer.Option(help="Write a stereo recording: caller left, bot right.")
    ] = None,
) -> None:
    """Call the line: with a recording, a synthetic voice, or the microphone."""
    with plainly():
        from warmline import place_call

        try:
            audio = place_call.caller_audio(wav or (), say or (), microphone)
            report = asyncio.run(
                place_call.call(
                    read_settings(), audio, Console(), server=url, number=number, record=record
                )
            )
        except ValueError as error:
            raise typer.BadParameter(str(error)) from None
        except asyncio.CancelledError:
            raise typer.Exit(130) from None
        if report.failure:
            complain(report.failure)
        raise typer.Exit(0 if report.ok else 1)


@app.command(epilog="Example: `warmline swarm --calls 10 --minutes 5`")
def swarm(
    calls: Annotated[int, typer.Option(min=1, help="How many callers at once.")] = 5,
    minutes: Annotated[
        float, typer.Option(min=0.0, help="For how long they call again when they have hung up.")
    ] = 2.0,
    say: Annotated[
        list[str] | None, typer.Option(help="Say this instead of what fits the demo; may repeat.")
    ] = None,
    url: Annotated[str | None, typer.Option(help="The server's address.")] = None,
    number: Annotated[
        str | None, typer.Option(help="The callers' number; the demo customer's if not given.")
    ] = None,
    wideband: Annotated[bool, typer.Option(help="16 kHz instead of the telephone's 8.")] = False,
) -> None:
    """Let many synthetic callers ring at once: how many calls does this machine hold?

    Exits with 1 when a call was refused or failed.
    """
    with plainly():
        from contact_center.seed import DEMO_CUSTOMER
        from warmline.swarm.command import run_swarm
        from warmline.swarm.swarm import SCRIPTS, SwarmOptions

        options = SwarmOptions(
            calls,
            minutes,
            sample_rate=16_000 if wideband else 8_000,
            scripts=(tuple(say),) if say else SCRIPTS,
            number=number or DEMO_CUSTOMER.phone,
        )
        well = asyncio.run(run_swarm(read_settings(), options, Console(), server=url))
        raise typer.Exit(0 if well else 1)


@app.command(epilog="Example: `warmline desk --name Sam`")
def desk(
    name: Annotated[str, typer.Option(help="Your name, as callers and colleagues see it.")],
    url: Annotated[str | None, typer.Option(help="The server's address.")] = None,
) -> None:
    """Wait for hand-overs, read what is known, and talk to callers by typing."""
    with plainly():
        from agent_desk.terminal import run_terminal_desk
        from voice_gateway.tokens import TokenIssuer

        settings = read_settings()
        issuer = TokenIssuer(settings.token_secret.get_secret_value())

        async def new_token() -> str:
            return issuer.issue("desk", now=datetime.now(UTC), name=name)

        left = asyncio.run(run_terminal_desk(url or settings.public_url, new_token))
        raise typer.Exit(0 if left else 1)


@app.command(epilog="`warmline demo --once` exits with 1 if a call did not go as it should.")
def demo(
    once: Annotated[
        bool, typer.Option(help="Exit after the calls; non-zero if one failed.")
    ] = False,
) -> None:
    """Bring everything up and place three spoken calls; then leave the line open."""
    with plainly():
        from warmline.demo import run_demo

        well = asyncio.run(run_demo(read_settings(), once=once, console=Console()))
        raise typer.Exit(0 if well else 1)


@app.command(epilog="Example: `warmline token --scope desk --name Sam`")
def token(
    scope: Annotated[Scope, typer.Option(help="What it may be used for.")] = Scope.call,
    number: Annotated[str | None, typer.Option(help="The caller's number.")] = None,
    name: Annotated[str | None, typer.Option(help="The agent's name.")] = None,
) -> None:
    """Print a token for one connection, good for a minute."""
    with plainly():
        from voice_gateway.tokens import TokenIssuer

        issuer = TokenIssuer(read_settings().token_secret.get_secret_value())
        say_line(issuer.issue(scope.value, now=datetime.now(UTC), caller=number, name=name))


@app.command()
def settings() -> None:
    """Show every setting, its value and where it comes from; secrets are masked."""
    with plainly():
        from warmline.settings import described, variable

        table = Table(box=None, pad_edge=False)
        for heading in ("Setting", "Value", "From"):
            table.add_column(heading, overflow="fold")
        for told in described(read_settings()):
            table.add_row(variable(told.name), plain(told.value), told.source)
        Console().print(table)


@app.command()
def doctor() -> None:
    """Look at everything that the line needs and say what is missing."""
    with plainly():
        from warmline.doctor import examine

        console = Console()
        well = True
        for finding in examine(read_settings()):
            well &= finding.well
            mark = "[green]ok[/]     " if finding.well else "[red]missing[/]"
            console.print(f"{mark}  {finding.subject}: {plain(finding.said)}", soft_wrap=True)
        raise typer.Exit(0 if well else 1)


@app.command(epilog="Example: `warmline escalation nlu_data/escalation_turns/tuning.yml`")
def escalation(
    file: Annotated[
        Path | None, typer.Argument(help="Labelled calls; by default those for tuning.")
    ] = None,
) -> None:
    """Play labelled calls: does a person take over when one must, and only then?

    Plays them against the trained assistant and the real actions, without audio, and shows each
    turn that went wrong. Exits with 1 if too many were missed (recall under 95 %) or too many
    were false alarms (over 3 %).
    """
    with plainly():
        from tempfile import TemporaryDirectory

        from warmline.escalation_calls import TUNING, read_calls
        from warmline.escalation_trial import Trial, try_calls
        from warmline.rehearsal.stage import set_stage

        calls = read_calls(file or TUNING)
        status = Console(stderr=True).status(f"Starting the assistant for {len(calls)} calls")

        async def play(folder: Path) -> Trial:
            async with set_stage(folder) as stage:
                return await try_calls(
                    calls, stage, lambda done, of: status.update(f"{done} of {of} calls played")
                )

        with status, TemporaryDirectory(prefix="warmline-escalation-") as folder:
            trial = asyncio.run(play(Path(folder)))
        for line in trial.report():
            say_line(line)
        raise typer.Exit(0 if trial.good else 1)


@app.command(
    epilog="Examples: `warmline rehearse`, `warmline rehearse --tag reset --show`, "
    '`warmline rehearse --speech --snr 10 "two orders"`'
)
def rehearse(
    names: Annotated[
        list[str] | None, typer.Argument(help="Parts of conversations' names; all without any.")
    ] = None,
    speech: Annotated[
        bool, typer.Option("--speech", help="Speak to it over a telephone line with noise.")
    ] = False,
    snr: Annotated[
        float, typer.Option(help="With --speech: decibels that speech is louder than noise.")
    ] = 15.0,
    tag: Annotated[
        list[str] | None, typer.Option(help="Only conversations with this tag; may repeat.")
    ] = None,
    seed: Annotated[int, typer.Option(help="With --speech: other voices and other noise.")] = 0,
    show: Annotated[
        bool, typer.Option("--show", help="Print every dialogue, not only those that failed.")
    ] = False,
    report: Annotated[
        Path | None, typer.Option(help="Where the page is written; var/rehearsal without.")
    ] = None,
) -> None:
    """Play the conversations of `nlu_data/spoken` against the real assistant.

    Exits with 1 if one failed that is not listed in `nlu_data/spoken/known_gaps.yml`.
    """
    with plainly():
        from warmline.rehearsal.command import Options, run

        options = Options(names or (), tag or (), speech, snr, seed, show, report)
        well = asyncio.run(run(read_settings(), options, Console()))
        raise typer.Exit(0 if well else 1)


@app.command(
    epilog="Examples: `warmline mishear`, `warmline mishear --sample 200 --to /tmp/misheard`"
)
def mishear(
    takes: Annotated[
        int,
        typer.Option(min=1, help="Say each example so often, in another voice and noise."),
    ] = 1,
    seed: Annotated[int, typer.Option(help="Other voices and other noise.")] = 0,
    sample: Annotated[
        int | None,
        typer.Option(min=1, help="Only so many examples, to try it out; needs --to."),
    ] = None,
    to: Annotated[
        Path | None, typer.Option(help="Another folder than `nlu_data/misheard`.")
    ] = None,
) -> None:
    """Make training data of what the recogniser mishears.

    Says every example of `nlu_data/nlu` on a noisy telephone line (10 to 20 dB), lets the line's
    recogniser hear it, and keeps what came out wrong but can still be guessed, under the intent
    that was meant. The same data comes out every time. It takes about half an hour on two cores;
    nobody has to run it for a few new examples, only after many, or when the speech model or the
    recogniser's settings have changed. Then `warmline train`.
    """
    with plainly():
        from warmline.mishearing.command import MISHEARD, Options, run

        if sample is not None and to is None:
            raise typer.BadParameter("--sample needs --to, or most of the data would be lost")
        options = Options(takes, seed, sample, to or MISHEARD)
        run(options, Console(), read_settings().speech_model_path)


@models.command("list")
def list_models() -> None:
    """List the speech models: the one in use, those here, and those that can be fetched."""
    with plainly():
        from speech_model.catalogue import list_models as known

        table = Table(box=None, pad_edge=False)
        for heading in ("", "Model", "Size", "Here", "What it is"):
            table.add_column(heading)
        for model in known(read_settings().data_dir):
            here = "yes" if model.installed else "no"
            table.add_row("*" if model.current else "", model.name, model.size, here, model.summary)
        Console().print(table)


@models.command("add", epilog="Example: `warmline models add vosk-model-small-en-us-0.15`")
def add_model(name: Annotated[str, typer.Argument(help="As `models list` shows it.")]) -> None:
    """Fetch a model from its publisher and check it."""
    with plainly():
        from speech_model.catalogue import add

        path = add(read_settings().data_dir, name)
        say_line(f"{name} is in {path}; `warmline models use {name}` uses it")


@models.command("use", epilog="Example: `warmline models use en_us`")
def use_model(name: Annotated[str, typer.Argument(help="As `models list` shows it.")]) -> None:
    """Choose the model that the line hears with, from its next start."""
    with plainly():
        from speech_model.catalogue import use

        use(read_settings().data_dir, name)
        say_line(f"The line hears with {name} from its next start")


if __name__ == "__main__":
    sys.exit(app())
