"""What the repository as a whole keeps to."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from warmline.places import PROJECT

# Written in halves, so that this file does not name what it looks for.
PACKAGE_HOSTS = ("pypi" + ".org", "python" + "hosted.org", "npm" + "js.org", "npm" + "js.com")
HOME_FOLDERS = re.compile("/(root|home/[a-z]+|Users/[a-z]+)" + "/")
SOURCES = {".py", ".md", ".yml", ".yaml", ".toml", ".lock", ".html", ".js", ".css", ".sql", ".txt",
           ".Dockerfile", ".json", ""}  # fmt: skip
NOT_OURS = {".git", ".venv", ".tools", "var", "models", "build", "dist", "node_modules"}


def sources() -> list[Path]:
    found: list[Path] = []
    folders = [PROJECT]
    while folders:
        for path in sorted(folders.pop().iterdir()):
            hidden = path.name.startswith(".") and path.name != ".ci"
            if path.is_dir() and path.name not in NOT_OURS and not hidden:
                folders.append(path)
            elif path.is_file() and path.suffix in SOURCES and path.stat().st_size < 1_000_000:
                found.append(path)
    return found


def test_no_package_host_and_no_home_folder_is_named() -> None:
    for path in sources():
        text = path.read_text(errors="replace")
        assert not [host for host in PACKAGE_HOSTS if host in text], path
        assert not HOME_FOLDERS.search(text), path


def test_imports_point_one_way() -> None:
    checked = subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache"],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert checked.returncode == 0, checked.stdout


@pytest.mark.parametrize(
    "package",
    ["actions", "agent_desk", "contact_center", "speech_model", "voice_gateway", "warmline"],
)
def test_every_package_says_what_it_is(package: str) -> None:
    docstring = (PROJECT / package / "__init__.py").read_text().split('"""')[1]
    assert len(docstring.split()) >= 8, docstring


def test_the_licence_is_the_gpl_3() -> None:
    text = (PROJECT / "LICENSE").read_text()
    assert text.lstrip().startswith("GNU GENERAL PUBLIC LICENSE\n                       Version 3")
    assert 'license = "GPL-3.0-or-later"' in (PROJECT / "pyproject.toml").read_text()


def test_the_notice_names_what_is_shipped() -> None:
    notice = (PROJECT / "NOTICE").read_text()
    for name in ("vosk-model-small-ko-0.22", "speechocean762", "Free Spoken Digit Dataset", "joe"):
        assert name in notice


def test_the_readme_names_every_folder() -> None:
    readme = (PROJECT / "README.md").read_text()
    for path in PROJECT.iterdir():
        tracked = path.is_dir() and not path.name.startswith(".") and path.name not in NOT_OURS
        if tracked and any(path.iterdir()):
            assert f"`{path.name}/`" in readme, path.name


def test_links_in_the_documents_lead_somewhere() -> None:
    for page in [PROJECT / "README.md", *(PROJECT / "docs").glob("*.md")]:
        for target in re.findall(r"\]\(([^)#]+)[^)]*\)", page.read_text()):
            if "://" not in target:
                assert (page.parent / target).exists(), f"{page.name}: {target}"


def test_python_versions_are_named_for_both_environments() -> None:
    assert (PROJECT / ".python-version").read_text().split() == ["3.11", "3.10"]
