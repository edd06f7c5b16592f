"""`--plan`: what a sweep would ask and cost, told before anything is asked or written."""

import json
import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass
from functools import reduce
from pathlib import Path
from typing import Any

import typer
from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from analysis.claims import claim
from analysis.metrics import METRICS
from cli.result import amount_of, plain_title
from scenarios.catalogue import nearest
from sim import experiment as experiments
from sim.errors import ExperimentError
from sim.experiment import schedule_of
from sim.forecast import MOST_DECISIONS, Forecast, forecast
from sim.lock import registration
from sim.locked import sha256_of
from sim.opening import SCRIPTED, ModelChoice
from sim.plan import RunSpec
from sim.prices import FREE, Price
from sim.schema import Experiment
from sim.store import Store
from sim.volume import CHARACTERS_A_TOKEN, Method, Range

_COUNTED = {
    "contexts": "distinct contexts",
    "prompts": "prompts",
    "calls": "calls",
    "prompt_tokens": "prompt tokens",
    "completion_tokens": "completion tokens",
}


@dataclass(frozen=True, slots=True)
class Planned:
    """What would be carried out.

    Attributes:
        experiment: the experiment.
        specs: all its runs.
        folder: where they would be written.
        model: who would be asked.
    """

    experiment: Experiment
    specs: Sequence[RunSpec]
    folder: Path
    model: ModelChoice

    @property
    def missing(self) -> list[RunSpec]:
        """Runs that are not there yet."""
        store = Store(self.folder)
        return [spec for spec in self.specs if not store.has(spec.run_id)]

    @property
    def price(self) -> Price | None:
        """What the model's tokens cost."""
        return price_of(self.experiment, self.model)

    def forecast(self, most_decisions: int = MOST_DECISIONS) -> tuple[Forecast, list[str]]:
        """What is left to ask, readout by readout, and why it is taken to be read so.

        Args:
            most_decisions: about so many are played for each readout.
        """
        missing = self.missing
        found, reasons = [], []
        for wanted in dict.fromkeys(spec.condition.readout for spec in self.specs):
            readout, why = self._readout(wanted)
            specs = [spec for spec in missing if spec.condition.readout == wanted]
            found.append(forecast(specs, self._method(readout), most_decisions))
            reasons.append(why)
        return reduce(Forecast.plus, found), reasons

    def _method(self, readout: str) -> Method:
        steps = True if self._is_here() else None
        quiz = self.experiment.design.comprehension
        schedule = schedule_of(self.experiment)
        return Method(readout, steps, self.specs[0].condition.manner, quiz, schedule)

    def _is_here(self) -> bool:
        return not self.model.name.startswith(SCRIPTED) and not self.model.addresses()

    def _readout(self, wanted: str) -> tuple[str, str]:
        """How answers will be read as far as can be told without asking, and why."""
        if wanted != "auto":
            return wanted, f"readout {wanted}, as the experiment says"
        if self._is_here():
            return "cloze", "readout cloze, which the embedded engine can do"
        found = Store(self.folder).read_manifest().get("readout", SCRIPTED)
        if found != "scripted" and not found.startswith(SCRIPTED):
            return found, f"readout {found}, as in the folder"
        return "label", "readout label, assumed: the endpoint was not asked; choose by mind.readout"


def check_primary(experiment: Experiment, source: str) -> None:
    """Refuse a primary metric that there is not.

    Raises:
        ExperimentError: names the source, the value and the nearest name.
    """
    primary = experiment.analysis.primary
    if primary not in METRICS:
        hint = nearest(primary, METRICS)
        raise ExperimentError(f"{source}: analysis.primary = {primary!r}: no such metric{hint}")


def read_file(file: Path) -> tuple[Experiment, tuple[RunSpec, ...], ModelChoice]:
    """An experiment file checked in full, its runs and its model; nothing is begun.

    Raises:
        ExperimentError: something in it cannot be played; names source, key and remedy.
    """
    made = experiments.read(file)
    check_primary(made, str(file))
    specs = experiments.resolve(made, str(file))
    return made, specs, ModelChoice(made.mind.model, made.mind.key_variable)


def to_register(
    experiment: Experiment, specs: Sequence[RunSpec], model: ModelChoice
) -> dict[str, Any]:
    """What a lock of this experiment would say now."""
    rules = {str(name): sha256_of(claim(name).about()) for name in experiment.analysis.claims}
    return registration(experiment, specs, model, rules)


def price_of(experiment: Experiment, model: ModelChoice) -> Price | None:
    """What a model's tokens cost: by the table of prices, else nothing where it runs here."""
    price = experiment.prices.of(model.label())
    here = model.name.startswith(SCRIPTED) or not model.addresses()
    return FREE if price is None and here else price


def tell(planned: Planned, *, as_json: bool) -> None:
    """Print the plan; nothing is asked or written."""
    told = _as_table(planned, *planned.forecast())
    if as_json:
        typer.echo(json.dumps(told, indent=2))
    else:
        _print(told, Console())


def _as_table(planned: Planned, found: Forecast, why: Sequence[str]) -> dict[str, Any]:
    price = planned.price
    cost = None if price is None else [float(amount) for amount in found.cost(price)]
    return {
        "folder": str(planned.folder),
        "model": planned.model.label(),
        "runs": {
            "planned": len(planned.specs),
            "complete": len(planned.specs) - found.runs,
            "to_play": found.runs,
        },
        "characters": found.characters,
        "decisions": found.decisions,
        **{name: list(getattr(found, name)) for name in _COUNTED},
        "new_prompt_tokens": found.new_tokens,
        "recorded_calls": _recorded(planned.folder / "calls.sqlite"),
        "cost": cost,
        "price": None if price is None else _numbers(price),
        "rests_on": [*why, *_rests_on(found)],
    }


def _numbers(price: Price) -> dict[str, Any]:
    return {
        name: value if name == "currency" else float(value) for name, value in asdict(price).items()
    }


def _rests_on(found: Forecast) -> list[str]:
    played = f"{found.played} of {found.runs} runs played with random answers"
    if found.played < found.runs:
        played += "; where contexts keep coming as in those, the second number is met"
    return [
        played,
        f"{CHARACTERS_A_TOKEN} characters a token; new tokens: those that a server must read"
        " which holds the beginnings of all prompts",
        "calls that are recorded already are not subtracted; probing takes a few more",
    ]


def _recorded(journal: Path) -> int:
    """Calls that are in the journal, looked at without touching anything."""
    if not journal.is_file():
        return 0
    # Where nobody writes there is no log of changes, and none is made.
    log = journal.with_name(f"{journal.name}-wal")
    way = "mode=ro" if log.exists() else "mode=ro&immutable=1"
    address = f"{journal.absolute().as_uri()}?{way}"  # Folders may be called "what?" or "#1".
    try:
        with closing(sqlite3.connect(address, uri=True)) as connection:
            ((calls,),) = connection.execute("SELECT COUNT(*) FROM calls").fetchall()
    except sqlite3.Error:
        return 0
    return int(calls)


def _print(told: dict[str, Any], console: Console) -> None:
    table = Table(box=box.SIMPLE_HEAD, title=plain_title(f"plan for {told['model']}"))
    table.add_column("what")
    table.add_column("about", justify="right")
    runs = told["runs"]
    rows = [
        ("runs", f"{runs['planned']:,}"),
        ("  of them complete", f"{runs['complete']:,}"),
        ("characters, in the runs to play", f"{told['characters']:,}"),
        ("decisions", f"{told['decisions']:,}"),
    ]
    rows += [(shown, _range(Range(*told[name]))) for name, shown in _COUNTED.items()]
    rows.insert(-1, ("  of them new, at least", f"{told['new_prompt_tokens']:,}"))
    rows.append(("calls recorded already", f"{told['recorded_calls']:,}"))
    rows += [("price a million tokens", _price(told["price"])), ("cost", _cost(told))]
    for row in rows:
        table.add_row(*map(Text, row))
    console.print(table)
    for line in told["rests_on"]:
        console.print(f"- {line}", markup=False, highlight=False)


def _price(price: Mapping[str, Any] | None) -> str:
    if price is None:
        return "no price given"
    return "{input:g} new, {cached_input:g} cached, {output:g} out".format(**price)


def _cost(told: dict[str, Any]) -> str:
    if told["price"] is None:
        return "not known"
    least, most = (amount_of(cost, told["price"]["currency"]) for cost in told["cost"])
    return least if least == most else f"{least} to {most}"


def _range(found: Range) -> str:
    return f"{found.least:,}" if found.least == found.most else f"{found.least:,} to {found.most:,}"
