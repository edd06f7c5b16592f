"""The documentation holds together: its navigation, and what its examples say of the program."""

import re
from pathlib import Path

import pytest
from reference import PAGES

from cli.app import COMMANDS, command
from sim.experiment import parse, resolve

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
HAND_MADE = sorted(
    path for path in DOCS.rglob("*.md") if not path.is_relative_to(DOCS / "reference")
)


def blocks(page: Path, kind: str) -> list[str]:
    found = re.findall(rf"^```{kind}\n(.*?)^```", page.read_text("utf-8"), re.DOTALL | re.MULTILINE)
    return [str(block) for block in found]


def commands(page: Path) -> list[str]:
    """Lines that call the program, without comments; broken lines as one."""
    text = "\n".join(block for kind in ("", "sh", "bash") for block in blocks(page, kind))
    lines = text.replace("\\\n", " ").splitlines()
    calls = (re.split(r"\s#|;", line)[0] for line in lines)
    return [line for line in calls if re.match(r"society [a-z]", line)]


def test_the_navigation_lists_every_page_once():
    """A page that is missing goes into `nav` in mkdocs.yml."""
    navigation = (ROOT / "mkdocs.yml").read_text("utf-8").partition("\nnav:\n")[2]
    listed = re.findall(r"[\w./-]+\.md\b", navigation)
    pages = [path.relative_to(DOCS).as_posix() for path in HAND_MADE]
    assert sorted(listed) == sorted([*pages, *(f"reference/{name}.md" for name in PAGES)])


@pytest.mark.parametrize("page", [*HAND_MADE, ROOT / "README.md"], ids=lambda page: page.stem)
def test_commands_in_the_pages_exist_with_their_options(page):
    for line in commands(page):
        words = line.split()
        assert words[1] in COMMANDS, line
        made = command(words[1])
        for part in words[2:3]:
            made = getattr(made, "commands", {}).get(part, made)
        known = {flag for each in made.params for flag in (*each.opts, *each.secondary_opts)}
        options = {word.partition("=")[0] for word in words if word.startswith("--")}
        assert options <= {*known, "--help"}, line


@pytest.mark.parametrize("block", blocks(DOCS / "tutorial.md", "toml"))
def test_experiments_of_the_tutorial_can_be_played(block):
    if block.startswith("name"):
        assert resolve(parse(block, "tutorial.toml"), "tutorial.toml")
    else:
        assert block.startswith("[mind]")
