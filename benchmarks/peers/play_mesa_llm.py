"""Mesa-LLM in its own environment; see `measured`.

Its parallel stepping on asyncio, all agents at once. It is called by name: what switches it on for
`Model.agents` has no effect with the Mesa that is installed beside it. All rounds share one event
loop, so that connections are kept. Two ways to decide: "least" asks the agent's own model once and
keeps the last ten rounds in mind; "thought" is the chain of thought that comes with the package,
with the memory that an agent has unless told otherwise.
"""

import asyncio

from measured import Ready, drive
from mesa import Model
from mesa_llm.llm_agent import LLMAgent
from mesa_llm.memory.st_memory import ShortTermMemory
from mesa_llm.parallel_stepping import step_agents_parallel
from mesa_llm.reasoning.cot import CoTReasoning

QUESTION = "You draw water from a lake that all share. How many buckets do you draw this month?"


class Least(LLMAgent):
    """One call for a decision."""

    async def astep(self) -> None:
        """Decide."""
        reply = await self.llm.agenerate(f"{self.memory.format_short_term()}\n{QUESTION}")
        said = reply.choices[0].message.content
        await self.memory.aadd_to_memory(type="decision", content={"content": said})


class Thoughtful(LLMAgent):
    """A plan, and then a call that carries it out."""

    async def astep(self) -> None:
        """Decide."""
        plan = await self.reasoning.aplan(prompt=QUESTION, obs=await self.agenerate_obs())
        await self.aapply_plan(plan)


class Society(Model):
    """Agents that decide once a round."""

    def __init__(self, root: str, way: str, agents: int) -> None:
        """Set it up."""
        super().__init__()
        kind = Least if way == "least" else Thoughtful
        for number in range(agents):
            persona = f"You are villager number {number}."
            agent = kind(
                self, CoTReasoning, "openai/mock", system_prompt=persona, api_base=f"{root}/v1"
            )
            if way == "least":
                agent.memory = ShortTermMemory(agent, n=10)
            agent.memory.display = False

    async def play(self, rounds: int) -> None:
        """All rounds."""
        for _ in range(rounds):
            self.step()  # Counts; agents act below.
            await step_agents_parallel(list(self.agents))


def build(root: str, way: str, agents: int, rounds: int) -> Ready:
    """A society, ready to play."""
    society = Society(root, way, agents)
    return lambda: asyncio.run(society.play(rounds))


if __name__ == "__main__":
    drive(build, ["mesa-llm", "litellm", "mesa"])
