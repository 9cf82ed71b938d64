"""The assistant is trained when what it is made from has changed, and otherwise not."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from warmline import training
from warmline.places import PROJECT
from warmline.training import TrainingError, fingerprint, model_path, train

STAND_IN = """\
#!{python}
# Stands in for the assistant's Python: `-m rasa train` writes a file instead of training.
import os, pathlib, sys
arguments = sys.argv
out = pathlib.Path(arguments[arguments.index("--out") + 1])
count = pathlib.Path("count")
count.write_text(str(int(count.read_text() or 0) + 1) if count.exists() else "1")
pathlib.Path("arguments").write_text("\\n".join(arguments))
if pathlib.Path("broken").exists():
    print("loading")
    print("YamlException: line 3 is no YAML")
    sys.exit(1)
out.mkdir(exist_ok=True)
(out / arguments[arguments.index("--fixed-model-name") + 1]).write_text("model")
"""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project as training sees it, whose Rasa is quick."""
    bot, data = tmp_path / "bot", tmp_path / "nlu_data"
    files = {
        bot / "config.yml": "language: en",
        bot / "domain" / "intents.yml": "intents: []",
        bot / "policies" / "escalation.py": "",
        bot / "components" / "numbers.py": "",
        bot / "requirements.lock": "rasa==3.6.21",
        data / "nlu" / "orders.yml": "nlu: []",
        data / "misheard" / "orders.yml": "nlu: []",
        data / "responses" / "orders.yml": "responses: {}",
        data / "escalation.yml": "rows: []",
        data / "spoken" / "orders.yml": "phrases: []",
    }
    for path, content in files.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)
    commands = bot / ".venv" / "bin"
    commands.mkdir(parents=True)
    for name in ("python", "rasa"):
        (commands / name).write_text(STAND_IN.format(python=sys.executable))
        (commands / name).chmod(0o755)
    monkeypatch.setattr(training, "BOT", bot)
    monkeypatch.setattr(training, "NLU_DATA", data)
    monkeypatch.setattr(training, "MODELS", bot / "models")
    monkeypatch.setattr(
        training,
        "INGREDIENTS",
        tuple(tmp_path / path.relative_to(PROJECT) for path in training.INGREDIENTS),
    )
    return tmp_path


def trainings(project: Path) -> int:
    count = project / "bot" / "count"
    return int(count.read_text()) if count.exists() else 0


def quiet(line: str) -> None:
    pass


def test_training_again_without_a_change_uses_the_model_that_is_there(project: Path) -> None:
    assert train(quiet) == train(quiet) == model_path()
    assert trainings(project) == 1


def test_force_trains_anyway(project: Path) -> None:
    train(quiet)
    train(quiet, force=True)
    assert trainings(project) == 2


@pytest.mark.parametrize(
    "changed",
    [
        "bot/config.yml",
        "bot/domain/intents.yml",
        "bot/policies/escalation.py",
        "bot/components/numbers.py",
        "bot/requirements.lock",
        "nlu_data/nlu/orders.yml",
        "nlu_data/nlu/new.yml",
        "nlu_data/misheard/orders.yml",
        "nlu_data/responses/orders.yml",
        "nlu_data/escalation.yml",
    ],
)
def test_a_changed_ingredient_gives_another_model(project: Path, changed: str) -> None:
    before = fingerprint()
    (project / changed).write_text("changed")
    assert fingerprint() != before


@pytest.mark.parametrize(
    "changed",
    ["nlu_data/spoken/orders.yml", "bot/policies/__pycache__/escalation.py", "bot/domain/x.swp"],
)
def test_what_is_no_ingredient_changes_nothing(project: Path, changed: str) -> None:
    before = fingerprint()
    (project / changed).parent.mkdir(exist_ok=True)
    (project / changed).write_text("changed")
    assert fingerprint() == before


def test_a_renamed_file_counts_as_a_change(project: Path) -> None:
    before = fingerprint()
    (project / "nlu_data/nlu/orders.yml").rename(project / "nlu_data/nlu/parcels.yml")
    assert fingerprint() != before


def test_going_back_finds_the_earlier_model(project: Path) -> None:
    config = project / "bot" / "config.yml"
    first = train(quiet)
    config.write_text("language: fr")
    assert train(quiet) != first
    config.write_text("language: en")
    assert train(quiet) == first
    assert trainings(project) == 2


def test_only_the_last_models_are_kept(project: Path) -> None:
    for number in range(6):
        (project / "bot" / "config.yml").write_text(str(number))
        newest = train(quiet)
    models = list((project / "bot" / "models").glob("*.tar.gz"))
    assert len(models) == 3
    assert newest in models


def test_rasa_gets_the_domain_and_all_training_data(project: Path) -> None:
    train(quiet)
    told = (project / "bot" / "arguments").read_text().splitlines()
    assert told[told.index("--domain") + 1] == "domain"
    assert str(project / "nlu_data" / "nlu") in told
    assert str(project / "nlu_data" / "misheard") in told
    assert str(project / "nlu_data" / "responses") in told
    assert str(project / "nlu_data" / "spoken") not in told


def test_a_failure_says_why_and_leaves_no_model(project: Path) -> None:
    (project / "bot" / "broken").touch()
    with pytest.raises(TrainingError, match=r"line 3 is no YAML.*training\.log"):
        train(quiet)
    assert not model_path().exists()
    (project / "bot" / "broken").unlink()
    assert train(quiet).exists()


def test_without_the_environment_it_says_what_to_run(project: Path) -> None:
    (project / "bot" / ".venv" / "bin" / "rasa").unlink()
    with pytest.raises(TrainingError, match="make setup"):
        train(quiet)


def test_two_trainings_at_once_do_the_work_once(project: Path) -> None:
    code = textwrap.dedent(
        """
        import sys
        from pathlib import Path
        from warmline import training
        from warmline.places import PROJECT
        root = Path(sys.argv[1])
        training.INGREDIENTS = tuple(
            root / path.relative_to(PROJECT) for path in training.INGREDIENTS
        )
        training.BOT, training.NLU_DATA = root / "bot", root / "nlu_data"
        training.MODELS = root / "bot" / "models"
        training.train()
        """
    )
    both = [
        subprocess.Popen([sys.executable, "-c", code, str(project)], env=dict(os.environ))
        for _ in range(2)
    ]
    assert [process.wait(60) for process in both] == [0, 0]
    assert trainings(project) == 1
