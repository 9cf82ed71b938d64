"""`warmline speech`: teach the speech model what callers of this line say."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from warmline.plainly import complain, plainly, read_settings, say_line
from warmline.teaching import told

if TYPE_CHECKING:
    from speech_model.catalogue import ChosenModel
    from warmline.settings import Settings

speech = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode="markdown",
    help="Teach the speech model what callers of this line say.",
)


@speech.callback()
def _group() -> None:
    """A group, however few commands it has."""


@speech.command(
    epilog="Examples: `warmline speech graph`, "
    "`warmline speech graph --model vosk-model-small-en-us-0.15`, "
    "`warmline speech graph --to /tmp/taught`"
)
def graph(
    model: Annotated[
        str | None,
        typer.Option(help="As `models list` shows it; the chosen one if not given."),
    ] = None,
    to: Annotated[
        Path | None,
        typer.Option(help="A new folder for the taught model, which the line does not use then."),
    ] = None,
) -> None:
    """Teach the model the words and sentences of `nlu_data`; the line hears them from then on.

    Takes seconds, and does nothing if nothing has changed. A new word is said as the dictionary
    or its spelling tells; `nlu_data/pronunciations.txt` says otherwise (`zyrtex = zur tex`). An
    official model keeps its own words: those it lacks are named.
    """
    with plainly():
        from speech_model.graph.line import teach_line
        from speech_model.graph.taught import Shelf
        from warmline.places import NLU_DATA

        settings = read_settings()
        base = _base(settings, model, to)
        if to is not None:
            if to.exists():
                complain(f"{to} is there already; give a new folder")
                raise typer.Exit(1)
            from speech_model.graph.teaching import teach

            try:
                lesson, now = teach(base.path, NLU_DATA, to), True
            except OSError as error:
                complain(f"The taught model cannot be written: {error}")
                raise typer.Exit(1) from None
        else:
            shelf = Shelf.of(settings.data_dir, base.name, base.path)
            lesson, now = teach_line(shelf, NLU_DATA)
        for line in told(lesson, base.name, now=now):
            say_line(line)


def _base(settings: Settings, name: str | None, to: Path | None) -> ChosenModel:
    from speech_model.catalogue import ChosenModel, chosen_model, installed

    if name is not None:
        return ChosenModel(name, installed(settings.data_dir, name))
    if settings.model_path is None:
        return chosen_model(settings.data_dir)
    if to is None:
        complain(
            f"WARMLINE_MODEL_PATH says that the line hears with {settings.model_path}, so it would "
            "not use what is taught. Unset it, or give --to and set it to that folder."
        )
        raise typer.Exit(1)
    return ChosenModel(settings.model_path.name, settings.model_path)


@speech.command(
    epilog="Examples: `warmline speech evaluate --most 20`, "
    '`warmline speech evaluate --set "digit strings" --verbose`, '
    "`warmline speech evaluate --own recordings`"
)
def evaluate(
    model: Annotated[
        str | None,
        typer.Option(
            help="A folder, or a name that `models list` shows; what the line hears with if not "
            "given."
        ),
    ] = None,
    only: Annotated[
        list[str] | None, typer.Option("--set", help="Only this set; again for more than one.")
    ] = None,
    data: Annotated[
        list[Path] | None,
        typer.Option(help="Folder with published recordings; again for more than one."),
    ] = None,
    own: Annotated[
        list[Path] | None,
        typer.Option(help="Folder of your own recordings with a refs.tsv (path, text)."),
    ] = None,
    most: Annotated[
        int | None, typer.Option(min=1, help="No more utterances of a set than these.")
    ] = None,
    wideband: Annotated[bool, typer.Option(help="16 kHz instead of the telephone.")] = False,
    streaming: Annotated[
        bool, typer.Option(help="Compare with hearing each utterance in one piece.")
    ] = False,
    calibrate: Annotated[
        bool, typer.Option(help="Fit confidence anew and write it into the model's folder.")
    ] = False,
    card: Annotated[
        bool, typer.Option(help="Write the model's card, README.md, from its about.toml.")
    ] = False,
    json: Annotated[Path | None, typer.Option(help="Write the figures to this file.")] = None,
    verbose: Annotated[bool, typer.Option(help="Show what was heard wrong.")] = False,
) -> None:
    """Measure how well a model hears: words wrong by set, confidence, speed and memory.

    Minutes, on recordings of real people where there are any, and on a synthetic voice. Sets whose
    recordings are not there are left out with a word.
    """
    with plainly():
        from rich.console import Console

        from speech_model.catalogue import installed
        from speech_model.evaluation import evaluate as evaluation
        from speech_model.evaluation.report import figures
        from speech_model.model_card import write_card

        settings = read_settings()
        folder = settings.speech_model_path
        if model is not None:
            folder = Path(model) if Path(model).is_dir() else installed(settings.data_dir, model)
        options = evaluation.EvaluateOptions(
            folder,
            tuple(only or ()),
            tuple(data or evaluation.DEFAULT_DATA),
            tuple(own or ()),
            most=most,
            wideband=wideband,
            streaming=streaming,
            calibrate=calibrate,
            json=json,
            verbose=verbose,
        )
        measured = evaluation.evaluate(options, Console())
        if card:
            say_line(f"Written: {write_card(folder, figures(measured))}")


@speech.command(
    epilog="Examples: `warmline speech train --minutes 120`, "
    "`warmline speech train --corpus speechocean762:15=../speechocean762 --corpus synthetic:25`"
)
def train(
    to: Annotated[
        Path | None,
        typer.Option(help="Where everything goes; `speech_training` in the data folder if not."),
    ] = None,
    corpus: Annotated[
        list[str] | None,
        typer.Option(
            help="NAME:HOURS, or NAME:HOURS=PATH where it is here already; again for more than "
            "one. A hundred hours of all that can be fetched if not given."
        ),
    ] = None,
    minutes: Annotated[
        float | None, typer.Option(min=0, help="Stop after so long; the same command goes on.")
    ] = None,
    epochs: Annotated[int, typer.Option(min=1, help="How often all speech is seen.")] = 8,
    device: Annotated[str, typer.Option(help="cpu, cuda, or auto.")] = "auto",
) -> None:
    """Train the acoustic model: how speech sounds, from recordings and synthetic voices.

    Hours on two cores. Ctrl-C stops it, and the same command goes on where it was. The model is
    complete after each run, so that it can be measured: `warmline speech evaluate --model ...`.
    """
    with plainly():
        try:
            import torch  # noqa: F401
        except ImportError:
            complain("What trains speech models is not installed; run: make training-tools")
            raise typer.Exit(1) from None
        from rich.console import Console

        from speech_model.catalogue import SHIPPED_PATH
        from speech_model.training.material import DEFAULT, Wanted
        from speech_model.training.package import package
        from speech_model.training.recipe import TrainOptions
        from speech_model.training.recipe import train as train_acoustic_model
        from warmline.places import NLU_DATA

        settings = read_settings()
        folder = to or settings.data_dir / "speech_training"
        wanted = tuple(Wanted.parse(told) for told in corpus or ()) or DEFAULT
        options = TrainOptions(
            folder, wanted, NLU_DATA, epochs=epochs, minutes=minutes, device=device
        )
        trained = train_acoustic_model(options, Console())
        model = package(trained, SHIPPED_PATH / "conf", NLU_DATA, folder / "model")
        say_line(f"The whole model is in {model}. How well it hears:")
        say_line(f"  warmline speech evaluate --model {model}")
