"""The example notebooks run from the first cell to the last, and are committed without outputs."""

import asyncio
from pathlib import Path

import pytest

nbformat = pytest.importorskip("nbformat")
nbclient = pytest.importorskip("nbclient")

FOLDER = Path(__file__).parent.parent / "examples" / "notebooks"
NOTEBOOKS = sorted(FOLDER.glob("*.ipynb"))
LAST = {
    "first-society": "'0 scripted:",
    "compare-populations": "prisoners_dilemma",
    "own-metric-and-claim": "generous tit for tat does: ",
}


def test_there_are_three() -> None:
    assert [path.stem for path in NOTEBOOKS] == sorted(LAST)


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_it_runs_to_the_end(path: Path, tmp_path: Path) -> None:
    notebook = nbformat.read(path, as_version=4)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert not any(cell.outputs or cell.execution_count for cell in code)
    client = nbclient.NotebookClient(
        notebook, timeout=120, resources={"metadata": {"path": str(tmp_path)}}
    )
    asyncio.run(client.async_execute())
    (shown,) = code[-1].outputs
    assert LAST[path.stem] in shown.data["text/plain"]
