"""Statistics of games in which one seat divides something or hands something over."""

from analysis.human.choices import Statistic, mean_choice, percent_of_fact, tenths
from scenarios.games import dictator, trust, ultimatum

_ACCEPTS = {ultimatum.ACCEPT: 1.0, ultimatum.REJECT: 0.0}
_REJECTS = {ultimatum.ACCEPT: 0.0, ultimatum.REJECT: 1.0}
_SENT = {key: float(trust.PARTS[key]) for key in trust.SENDS}
_RETURNED = {key: float(trust.PARTS[key]) for key in trust.RETURNS}
_NOTHING = {key: float(part == 0) for key, part in dictator.PARTS.items()}
_EQUAL = {key: float(part == 1 / 2) for key, part in dictator.PARTS.items()}

SHARING = (
    Statistic(
        "offers",
        "offers, in tenths of the pie",
        "histogram of expected offers over tenths of the pie",
        tenths(ultimatum.PARTS),
    ),
    Statistic(
        "mean_offer",
        "mean offer, share of the pie",
        "expected part of the pie that is offered",
        mean_choice(ultimatum.PARTS),
    ),
    Statistic(
        "rejection",
        "offers rejected",
        "mean probability of rejecting over all offers that were made",
        mean_choice(_REJECTS),
    ),
    Statistic(
        "acceptance_by_offer",
        "acceptance by offer",
        "mean probability of accepting, by percent of the pie that was offered",
        mean_choice(_ACCEPTS, percent_of_fact("part")),
    ),
    Statistic(
        "gifts",
        "gifts, in tenths of the endowment",
        "histogram of expected gifts over tenths of the endowment",
        tenths(dictator.PARTS),
    ),
    Statistic(
        "mean_gift",
        "mean gift, share of the endowment",
        "expected part of the endowment that is given",
        mean_choice(dictator.PARTS),
    ),
    Statistic(
        "nothing_given", "nothing given", "mean probability of giving 0", mean_choice(_NOTHING)
    ),
    Statistic("half_given", "half given", "mean probability of giving half", mean_choice(_EQUAL)),
    Statistic(
        "share_sent",
        "share sent",
        "expected part of the endowment that senders send",
        mean_choice(_SENT),
    ),
    Statistic(
        "share_returned",
        "share returned",
        "expected part of what arrived that receivers return; each receiver counts once, however"
        " much arrived",
        mean_choice(_RETURNED),
    ),
)
