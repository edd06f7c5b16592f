"""Claims about a model's name: an address is written to the records, and so holds no key."""

import pytest

from sim.errors import ExperimentError
from sim.gateway import Address
from sim.opening import ModelChoice

KEY = "sk-canary/20c4+never"


def test_the_parts_of_an_address_are_told_apart() -> None:
    choice = ModelChoice("http://a:1/v1/, http://b:2/v1#the/model", "SOME_KEY")
    assert choice.addresses() == (
        Address("http://a:1/v1", "the/model", "SOME_KEY"),
        Address("http://b:2/v1", "the/model", "SOME_KEY"),
    )
    assert choice.label() == "the/model"


@pytest.mark.parametrize(
    "name", [f"http://h/{KEY}/v1#m", "http://h/sk-canary%2F20c4%2Bnever/v1#m", f"http://h/v1#{KEY}"]
)
def test_an_address_with_the_key_is_refused_without_it(
    monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv("SOME_KEY", KEY)
    with pytest.raises(ExperimentError, match="holds the key") as caught:
        ModelChoice(name, "SOME_KEY").addresses()
    assert "canary" not in str(caught.value)


def test_a_key_in_the_place_of_its_variable_is_refused_without_it() -> None:
    with pytest.raises(ExperimentError, match="name of an environment variable") as caught:
        ModelChoice("openai:m", "sk-proj-canary").addresses()
    assert "canary" not in str(caught.value)


def test_a_placeholder_for_a_key_may_be_part_of_an_address(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "ollama")
    assert ModelChoice("http://ollama:11434/v1#llama").label() == "llama"
