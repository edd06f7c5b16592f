"""Metrics of reputation: giving by what is told of the receiver, and telling the truth."""

from analysis.metrics.chosen import chosen_from, share
from analysis.metrics.metric import EVERY_SCOPE, Metric, Score, differences
from analysis.metrics.rows import Rows
from scenarios.games.reputation import (
    AFTER_GIFT,
    AFTER_KEEPING,
    GAME,
    GIVE,
    KEEP,
    MEET,
    SLANDER,
    WHITEWASH,
)


def reputation_discrimination(rows: Rows) -> list[Score]:
    """Giving to those told to have given, less giving to those told to have kept."""
    given = chosen_from(rows, GAME.name, MEET)
    said = given["facts"].str.json_path_match("$.said")
    to_givers = share(rows, given.filter(said == GIVE), GIVE)
    to_keepers = share(rows, given.filter(said == KEEP), GIVE)
    return list(differences(to_givers, to_keepers))


def slander_rate(rows: Rows) -> list[Score]:
    """Share of tellings about a gift that deny it."""
    return share(rows, chosen_from(rows, GAME.name, AFTER_GIFT), SLANDER)


def false_gossip_rate(rows: Rows) -> list[Score]:
    """Share of tellings that are not true."""
    told = chosen_from(rows, GAME.name, AFTER_GIFT + AFTER_KEEPING)
    return share(rows, told, SLANDER, WHITEWASH)


REPUTE = (
    Metric(
        name="reputation_discrimination",
        unit="difference of shares",
        definition=(
            "share of gifts to receivers that are told to have given, less the share to receivers"
            " that are told to have kept"
        ),
        denominator="decided answers whether to give to a receiver of whom something is told",
        undefined="another game, or receivers of one kind were never met",
        source="Nowak & Sigmund 1998, Nature 393:573-577 (discriminators)",
        better=None,
        scopes=EVERY_SCOPE,
        measure=reputation_discrimination,
    ),
    Metric(
        name="slander_rate",
        unit="share",
        definition="share of tellings about a giver that gave which say that it kept",
        denominator="decided tellings after a gift",
        undefined="another game, one without gossip, or no telling after a gift",
        source="this project's; after Sommerfeld et al. 2007, PNAS 104(44):17435-17440 (gossip)",
        better="lower",
        scopes=EVERY_SCOPE,
        measure=slander_rate,
    ),
    Metric(
        name="false_gossip_rate",
        unit="share",
        definition="share of tellings that say the contrary of what the giver did",
        denominator="decided tellings",
        undefined="another game, one without gossip, or no telling",
        source=(
            "after Sommerfeld et al. 2007, PNAS 104(44):17435-17440 (gossip in place of"
            " observation); truth is known here since tellings have fixed words"
        ),
        better="lower",
        scopes=EVERY_SCOPE,
        measure=false_gossip_rate,
    ),
)
