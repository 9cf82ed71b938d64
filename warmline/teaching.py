"""Teaching the speech model what callers of this line say, when, and only when, need be."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

from warmline.places import NLU_DATA

if TYPE_CHECKING:
    from speech_model.graph.lesson import Lesson, NewWord
    from warmline.settings import Settings

# More at once is no list to look through, but another model.
_MOST_LISTED = 40


def teach(settings: Settings, progress: Callable[[str], None] = print) -> None:
    """Teach the model that calls are heard with, unless nothing has changed since the last time.

    A folder that `WARMLINE_MODEL_PATH` names is not ours to change, and a model without a dynamic
    graph cannot be taught; both stay as they are, and a line says so.

    Args:
        settings: Which model, and where the taught ones are.
        progress: Is given lines for the designer.

    Raises:
        CatalogueError: The chosen model is not there.
        TrainingDataError: The designers' data cannot be read.
        UserWordsError: Their pronunciations cannot be read.
        ShelfError: The taught model cannot be kept.
    """
    if settings.model_path is not None:
        progress(f"Calls are heard with {settings.model_path}, as WARMLINE_MODEL_PATH says")
        return
    from speech_model.catalogue import chosen_model
    from speech_model.graph.build import GraphError
    from speech_model.graph.line import teach_line
    from speech_model.graph.taught import Shelf

    chosen = chosen_model(settings.data_dir)
    try:
        lesson, now = teach_line(Shelf.of(settings.data_dir, chosen.name, chosen.path), NLU_DATA)
    except GraphError as error:
        progress(f"{chosen.name} hears as it did before, for it cannot be taught: {error}")
        return
    for line in told(lesson, chosen.name, now=now):
        progress(line)


def told(lesson: Lesson, name: str, *, now: bool) -> Iterator[str]:
    """Say what a model was taught.

    Args:
        lesson: What it was taught.
        name: The model.
        now: Whether it was only now.

    Returns:
        Lines for the designer.
    """
    if now:
        yield f"{name} knows {lesson.words:,} words now; it took {lesson.seconds:.0f} seconds"
    else:
        yield f"{name} knows {lesson.words:,} words; nothing has changed since it was taught"
    if lesson.new:
        yield f"New words ({len(lesson.new):,}), and how they are said:"
        yield from _listed(lesson.new)
        yield "To say one otherwise, write it to nlu_data/pronunciations.txt: zyrtex = zur tex"
    sayable = [word for word in lesson.missing if word.replace("'", "").isalpha()]
    unsayable = [word for word in lesson.missing if word not in sayable]
    if sayable:
        yield f"It has no way to hear {_named(sayable)}"
    if unsayable:
        yield f"These are not written as they are said, so they are not heard: {_named(unsayable)}"


def _named(words: Sequence[str]) -> str:
    more = len(words) - _MOST_LISTED
    return ", ".join(words[:_MOST_LISTED]) + (f" and {more:,} more" if more > 0 else "")


def _listed(words: tuple[NewWord, ...]) -> Iterator[str]:
    # What nobody has checked comes first.
    order = ("guessed", "yours", "dictionary")
    ordered = sorted(words, key=lambda word: order.index(word.source))[:_MOST_LISTED]
    width = max(len(word.word) for word in ordered)
    for word in ordered:
        ways = " | ".join(" ".join(phones) for phones in word.pronunciations)
        yield f"  {word.word:{width}}  {ways}  ({word.source})"
    if len(words) > len(ordered):
        yield f"  and {len(words) - len(ordered):,} more"
