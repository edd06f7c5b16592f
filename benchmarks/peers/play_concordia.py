"""Concordia in its own environment; see `measured`.

Its engine for simultaneous moves, in which all entities of a round act at once, a thread each; its
least entity (`minimal`: one call for an act) and the game master for experiments that asks no
model (`marketplace`), which takes its rules from a component such as the one below. Acts are free
text: its model for OpenAI-compatible endpoints asks up to 20 times for a choice. Memories are
embedded as nothing, so that no time goes there.
"""

import numpy as np
from absl import logging
from concordia.contrib.language_models.openai.gpt_model import GptLanguageModel
from concordia.environment import engine as engines
from concordia.environment.engines import simultaneous
from concordia.prefabs.entity import minimal
from concordia.prefabs.game_master import marketplace
from concordia.prefabs.simulation import generic
from concordia.typing import entity as entities
from concordia.typing import entity_component, prefab
from measured import Ready, drive

QUESTION = "A lake is shared by all. How many buckets does {name} draw this month?"
KINDS = entities.OutputType


class Lake(entity_component.ContextComponent):
    """What is seen, asked and made of the answers."""

    def __init__(self, acting_player_names: list[str]) -> None:
        """Nothing happened yet."""
        super().__init__()
        self._spec = engines.action_spec_to_string(
            entities.free_action_spec(call_to_action=QUESTION)
        )
        self._players = len(acting_player_names)
        self._month = 0

    def pre_act(self, action_spec: entities.ActionSpec) -> str:
        """Answer the engine."""
        match action_spec.output_type:
            case KINDS.MAKE_OBSERVATION:
                return f"Month {self._month}: {self._players} villagers live by the lake."
            case KINDS.NEXT_ACTION_SPEC:
                return self._spec
            case KINDS.RESOLVE:
                self._month += 1
                return f"Month {self._month} is over."
        return ""

    def get_state(self) -> dict[str, int]:
        """For a checkpoint."""
        return {"month": self._month}

    def set_state(self, state: dict[str, int]) -> None:
        """From a checkpoint."""
        self._month = state["month"]


def build(root: str, way: str, agents: int, rounds: int) -> Ready:
    """A society, ready to play."""
    del way  # There is one.
    names = [f"Villager{number:03}" for number in range(agents)]
    villager = {"custom_instructions": "You live by a lake.", "goal": ""}
    master = {"name": "lake", "experiment_component_class": Lake}
    instances = [
        prefab.InstanceConfig("villager", prefab.Role.ENTITY, {**villager, "name": name})
        for name in names
    ]
    instances.append(prefab.InstanceConfig("master", prefab.Role.GAME_MASTER, master))
    prefabs = {"villager": minimal.Entity(), "master": marketplace.GameMaster()}
    society = generic.Simulation(
        prefab.Config(prefabs, instances, default_premise="", default_max_steps=rounds),
        GptLanguageModel("mock", api_key="none", api_base=f"{root}/v1"),
        embedder=lambda _: np.ones(1),
        engine=simultaneous.Simultaneous(),
    )
    return society.play


if __name__ == "__main__":
    logging.set_verbosity(logging.ERROR)
    drive(build, ["gdm-concordia", "openai"])
