"""What the README tells people to type exists."""

import re
from pathlib import Path

import pytest
import typer

from streams.cli.main import app

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
FENCES = re.findall(r"^```[a-z]*\n(.*?)^```", README, re.MULTILINE | re.DOTALL)
INLINE = re.findall(r"`([^`\n]+)`", re.sub(r"^```.*?^```", "", README, flags=re.MULTILINE | re.DOTALL))
TYPED = [*(line.strip() for fence in FENCES for line in fence.splitlines()), *INLINE]
CALLQA = sorted({line for line in TYPED if re.match(r"(?:\.venv/bin/)?callqa [a-z]", line)})
MAKE = sorted({target for line in TYPED for target in re.findall(r"^make ([a-z-]+)", line)})
TARGETS = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))


def alternatives(line: str) -> list[list[str]]:
    """``callqa up | down   explained`` is two commands; two spaces begin the explanation."""
    words = re.split(r"\s{2,}|#", line.partition("callqa ")[2])[0]
    first, *others = (part.split() for part in words.split("|"))
    return [first, *others]


def parameters(command: object) -> set[str]:
    return {name for parameter in command.params for name in (*parameter.opts, *parameter.secondary_opts)}


def test_the_readme_shows_commands_and_targets():
    assert len(CALLQA) >= 5
    assert {"demo", "test"} <= set(MAKE)


@pytest.mark.parametrize("line", CALLQA)
def test_a_command_of_the_readme_is_registered_with_the_options_it_is_shown_with(line):
    for words in alternatives(line):
        command = typer.main.get_command(app)
        for word in words:
            if not hasattr(command, "commands"):
                break
            assert word in command.commands, f"callqa {' '.join(words)}"
            command = command.commands[word]
        options = {word for word in words if word.startswith("--")}
        assert options <= parameters(command), f"callqa {' '.join(words)}"


@pytest.mark.parametrize("target", MAKE)
def test_a_target_of_the_readme_is_in_the_makefile(target):
    assert target in TARGETS


@pytest.mark.parametrize("name", sorted(set(re.findall(r"\]\(([^)#:]+)\)", README))))
def test_a_file_that_the_readme_links_to_is_there(name):
    assert (ROOT / name).exists()


@pytest.mark.parametrize("folder", re.findall(r"^\| `([a-z]+/)`", README, re.MULTILINE))
def test_a_folder_of_the_table_is_there(folder):
    assert (ROOT / folder).is_dir()
