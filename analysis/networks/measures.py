"""All measures of one run's network, each against its permutation distribution."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from analysis.networks import clusters, mixing, nulls
from analysis.networks.acts import Counts, Network, Real
from analysis.networks.nulls import Tested
from analysis.networks.reciprocity import dyadic_reciprocity, reciprocity
from analysis.networks.standing import relative

_BY_LABEL = "_assortativity"
_CLUSTER = "largest_cluster"


@dataclass(frozen=True, slots=True)
class Measure:
    """One measure of one run.

    Attributes:
        statistic: its name.
        giver: the kind of character whose acts it is about; None for everybody.
        receiver: the kind toward whom; None for everybody.
        null: what was permuted, "labels" or "partners"; None where nothing was.
        n: acts, or characters where the statistic is about these.
        hits: acts of the sort asked about, where the value is hits / n; else None.
        tested: value, expectation and p.
    """

    statistic: str
    giver: str | None
    receiver: str | None
    null: str | None
    n: int
    hits: int | None
    tested: Tested


def measures(network: Network, labels: Sequence[str | None], key: str) -> list[Measure]:
    """Everything that is measured of a run's network.

    Args:
        network: its acts.
        labels: shape (agents,), what characters are told apart by; None for none.
        key: names the stream of permutations, for example the run's id.

    Returns:
        In a fixed order: the network as a whole, then kinds, then pairs of kinds.
    """
    kinds, who = mixing.indicators(labels)
    # Streams apart, so that the choice of labels does not move the other null.
    drawn = nulls.permuted_labels(who, nulls.generator(f"{key} labels"))
    return [
        *_by_partners(network, who, nulls.generator(f"{key} partners")),
        *_toward_own(network, kinds, (who, drawn)),
        *_of_characters(network, kinds, (who, drawn)),
        *_rates(network, kinds, (who, drawn)),
    ]


def _by_partners(network: Network, who: Real, chance: np.random.Generator) -> Iterator[Measure]:
    """Measures of the whole network, whose null permutes each giver's partners.

    Assortativity is among them, not among those of permuted labels: these would take kinds that
    merely differ in how often they cooperate for kinds that seek their own.
    """
    acts, acted = network.acts, int((network.acts.sum(axis=1) > 0).sum())
    for sort, hits in (
        ("cooperative", network.cooperative),
        ("uncooperative", network.uncooperative),
    ):
        statistics = _statistics(sort, acts, who)
        observed = [float(each(hits[None])[0]) for each in statistics.values()]
        drawn = nulls.under_permuted_partners(hits, acts, chance, list(statistics.values()))
        labelled, n = int(mixing.between(hits, who).sum()), int(hits.sum())
        for name, value, draws in zip(statistics, observed, drawn, strict=True):
            counted = acted if name == _CLUSTER else labelled if name.endswith(_BY_LABEL) else n
            found = nulls.tested(value, draws)
            yield Measure(name, None, None, "partners", counted, None, found)
    modularity, number = clusters.communities(network)
    yield Measure("modularity", None, None, None, acted, None, Tested(modularity))
    count = None if modularity is None else float(number)
    yield Measure("communities", None, None, None, acted, None, Tested(count))


def _statistics(sort: str, acts: Counts, who: Real) -> dict[str, Callable[[Counts], Real]]:
    """What is measured of one sort of acts, by name."""
    found: dict[str, Callable[[Counts], Real]] = {
        f"{sort}_reciprocity": reciprocity,
        f"{sort}{_BY_LABEL}": lambda hits: mixing.assortativity(hits, who),
    }
    if sort == "cooperative":
        found["dyadic_reciprocity"] = lambda hits: dyadic_reciprocity(hits, acts)
        found[_CLUSTER] = lambda hits: clusters.largest_share(hits, acts)
    return found


def _toward_own(
    network: Network, kinds: Sequence[str], who: tuple[Real, Real]
) -> Iterator[Measure]:
    """Own kind minus all others: the mean of all kinds, then each; n counts givers."""
    for name, hits, acts in _sorts(network):
        observed, drawn = (mixing.own_minus_others(hits, acts, each) for each in who)
        found = nulls.tested(
            float(mixing.mean_over_kinds(observed, who[0])), mixing.mean_over_kinds(drawn, who[1])
        )
        n = int((~np.isnan(observed)).sum())
        yield Measure(f"{name}_own_minus_others", None, None, "labels", n, None, found)
        yield from _kinds(f"{name}_own_minus_others", kinds, who, (observed, drawn))


def _of_characters(
    network: Network, kinds: Sequence[str], who: tuple[Real, Real]
) -> Iterator[Measure]:
    """Means of the characters of a kind: standing, and being in the largest cluster."""
    nobody = np.full(network.agents, np.nan)
    for name, found in (
        ("eigenjesus", relative(network, moses=False)),
        ("eigenmoses", relative(network, moses=True)),
        ("in_largest_cluster", clusters.is_inside(network)),
    ):
        values = nobody if found is None else found
        yield from _kinds(name, kinds, who, (values, values))


def _kinds(
    name: str, kinds: Sequence[str], who: tuple[Real, Real], values: tuple[Real, Real]
) -> Iterator[Measure]:
    observed, drawn = (mixing.mean_of_kinds(*each) for each in zip(values, who, strict=True))
    known = ~np.isnan(values[0])
    for place, kind in enumerate(kinds):
        n = int(who[0][known, place].sum())
        found = nulls.tested(float(observed[place]), drawn[:, place])
        yield Measure(name, kind, None, "labels", n, None, found)


def _rates(network: Network, kinds: Sequence[str], who: tuple[Real, Real]) -> Iterator[Measure]:
    """Who does it to whom: every pair of kinds, what each gives and what each receives."""
    ends = [*kinds, None]
    for name, hits, acts in _sorts(network):
        did, could = (mixing.with_margins(mixing.between(each, who[0])) for each in (hits, acts))
        observed = mixing.shares(did, could)
        drawn = mixing.shares(
            *(mixing.with_margins(mixing.between(each, who[1])) for each in (hits, acts))
        )
        for row, giver in enumerate(ends):
            for column, receiver in enumerate(ends):
                if giver is None and receiver is None:
                    continue
                n, k = int(could[row, column]), int(did[row, column])
                found = nulls.tested(float(observed[row, column]), drawn[:, row, column])
                yield Measure(f"{name}_rate", giver, receiver, "labels", n, k, found)


def _sorts(network: Network) -> list[tuple[str, Counts, Counts]]:
    """Name, hits and chances of every sort of bad act that the game knows."""
    found = [("uncooperative", network.uncooperative, network.acts)]
    if network.harm_chances.any():
        found.append(("harm", network.harms, network.harm_chances))
    return found
