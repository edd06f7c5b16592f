"""What verdicts come out where the truth is planted, in both directions and on noise.

    python validation/verdicts.py FOLDER

Writes `verdicts.json` into FOLDER. Each case plays a shipped experiment, made small, on the planted
model, through the whole program.
"""

import argparse
import json
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from planted import plant
from planted_cases import NOISE, PLANTED, SHIPPED, SMALL
from planted_truth import Truth
from rich.progress import track

from analysis.claims import Judgement, judge
from analysis.folder import open_folder


def case(claim: str, planted: str, terms: Mapping[str, Any], folder: Path) -> dict[str, Any]:
    """One case as a row."""
    plant(Truth(**terms), SHIPPED / f"{claim.lower()}.toml", folder, **SMALL[claim])
    (found,) = judge(open_folder(folder), [claim])
    return {"claim": claim, "planted": planted, "verdict": found.verdict, "told": _told(found)}


def _told(found: Judgement) -> list[dict[str, Any]]:
    return [
        {
            "part": one.part.name,
            "readout": one.readout,
            "estimate": one.finding.value,
            "low": one.low,
            "high": one.high,
            "n": one.finding.n,
            "over": one.finding.unit,
        }
        for one in found.parts
        if one.part.role == "primary" and one.finding.value is not None
    ]


def main() -> None:
    """Play, judge, and write the document."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    given = parser.parse_args()
    given.folder.mkdir(parents=True, exist_ok=True)
    cases = [*PLANTED, *((claim, "noise", NOISE) for claim in SMALL)]
    rows = []
    for claim, planted, terms in track(cases, "verdicts"):
        with TemporaryDirectory() as place:
            rows.append(case(claim, planted, terms, Path(place) / "e"))
    path = given.folder / "verdicts.json"
    path.write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")
    print(path)


if __name__ == "__main__":
    main()
