"""Writes the reference of the documentation site from the code: `make docs`.

    python documentation/reference.py docs/reference

The pages are not kept in the repository: they are what the code says at the time.
"""

import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from claim_page import claims
from command_page import commands
from experiment_page import keys
from metric_page import metrics
from python_page import python
from table_page import tables

PAGES: Mapping[str, Callable[[], str]] = {
    "commands": commands,
    "experiment-keys": keys,
    "tables": tables,
    "metrics": metrics,
    "claims": claims,
    "python": python,
}


def main(folder: Path) -> None:
    """Write every page into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, made in PAGES.items():
        (folder / f"{name}.md").write_text(made(), encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
