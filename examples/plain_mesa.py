"""A Society is a Mesa model: build one, step it, look at its characters.

Run it with `python examples/plain_mesa.py`.
"""

from agents.minds import Minds
from sim import experiment as experiments
from sim.society import Society


def main() -> None:
    """Play tit for tat against always defecting, round by round."""
    table = {
        "name": "by hand",
        "design": {
            "scenarios": ["prisoners_dilemma"],
            "populations": ["scripted:tit_for_tat=0.5,scripted:always_defect=0.5"],
            "wordings": 1,
            "seeds": 1,
            "agents": 4,
            "rounds": 5,
        },
    }
    (spec,) = experiments.resolve(experiments.check(table, "example"), "example")
    society = Society(spec, Minds(None, "cloze"))
    while not society.over:
        society.step()
        payoffs = {f"{c.index} {c.seat.strategy}": c.payoff for c in society.characters}
        print(f"round {society.round}: {payoffs}")


if __name__ == "__main__":
    main()
