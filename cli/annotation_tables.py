"""How annotations and the agreement of a judge with people are shown."""

from collections.abc import Mapping
from typing import Any

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

_DASH = "\u2013"
_REASONS = {
    "tied": "two classes equally likely",
    "refusal": "refused",
    "unparsed": "not read",
    "failed": "failed for good",
}


def print_pass(about: Mapping[str, Any], classes: Mapping[str, int], remark: str) -> None:
    """How often each class was given, and what was given none."""
    table = _table(about["question"], ("", "utterances", "share"))
    classed = sum(classes.values())
    for name, count in classes.items():
        table.add_row(name, str(count), f"{count / classed:.3f}" if classed else _DASH)
    for outcome, why in _REASONS.items():
        if about["outcomes"][outcome]:
            table.add_row(Text(f"excluded: {why}"), str(about["outcomes"][outcome]), "")
    console = Console()
    console.print(table)
    console.print(remark, highlight=False)
    if about["says_one_class"]:
        console.print("the judge gives one class to all words: it tells nothing", highlight=False)
    if about["mass"] is not None:
        told = f"{about['mass']:.2f}: what the judge puts on the classes at all, on average"
        console.print(told, highlight=False)


def print_agreement(held: Mapping[str, Any], classes: Mapping[str, Any]) -> None:
    """The judge against the labellers, and these against each other."""
    console, found = Console(), held["consensus"]
    table = _table("Judge in rows, labellers in columns", ("", *classes, "precision", "recall"))
    for name, row in zip(classes, found["confusion"], strict=True):
        shares = (_told(found["precision"][name]), _told(found["recall"][name]))
        table.add_row(name, *map(str, row), *shares)
    console.print(table)
    table = _table("Agreement", ("", "equal labels", "Cohen's kappa", "n"))
    table.add_row("judge, consensus of labellers", *_both(found))
    for who, each in held["each"].items() if len(held["labellers"]) > 1 else ():
        table.add_row(Text(f"judge, {who}"), *_both(each))
    for pair, each in held["between"].items():
        table.add_row(Text(pair), *_both(each))
    table.add_section()
    for member, each in held["by_member"].items() if len(held["by_member"]) > 1 else ():
        table.add_row(Text(f"of {member}: judge, consensus"), *_both(each))
    console.print(table)
    alphas = (("labellers", held["alpha_people"]), ("with the judge", held["alpha_all"]))
    told = ", ".join(f"{who} {_DASH if a is None else f'{a:.3f}'}" for who, a in alphas)
    console.print(f"Krippendorff's alpha: {told}", highlight=False)
    left = {
        "rows without a label": held["empty"],
        "labels of words that were not said here": held["unknown"],
        "items on which labellers are split": held["without_consensus"],
        "items that the judge gave no class": held["without_class"],
        "items that were not judged": held["not_judged"],
    }
    for what, count in left.items():
        if count:
            console.print(f"left out: {count} {what}", highlight=False)


def _both(found: Mapping[str, Any]) -> tuple[str, str, str]:
    return _told(found["raw"]), _told(found["kappa"]), str(found["n"])


def _told(share: Mapping[str, Any]) -> str:
    if share["value"] is None:
        return _DASH
    ends = "" if share["low"] is None else f" [{share['low']:.2f}, {share['high']:.2f}]"
    return f"{share['value']:.2f}{ends}"


def _table(title: str, heads: tuple[str, ...]) -> Table:
    table = Table(box=box.SIMPLE_HEAD, title=Text(title), title_justify="left")
    for at, heading in enumerate(heads):
        table.add_column(heading, justify="left" if at == 0 else "right", no_wrap=at > 0)
    return table
