"""Keyed random streams: the only source of randomness.

A draw is a pure function of a seed and a key, so neither the order of calls nor concurrency can
shift it, and two conditions that use the same keys meet the same chance (common random numbers).
"""

import hashlib
from collections.abc import Callable

import numpy as np

Key = int | str
Draw = Callable[..., float]


def uniform(seed: int, *key: Key) -> float:
    """A uniform number in [0, 1) with 53 random bits, from BLAKE2b of seed and key."""
    return (int.from_bytes(_digest(seed, key)[:8], "big") >> 11) * 2.0**-53


def uniforms(seed: int, count: int, *key: Key) -> list[float]:
    """`count` uniform numbers in [0, 1); the number at a place is the same whatever `count` is."""
    numbers: list[float] = generator(seed, *key).random(count).tolist()
    return numbers


def generator(seed: int, *key: Key) -> np.random.Generator:
    """A counter-based generator (Philox) of its own for this key."""
    return np.random.Generator(np.random.Philox(key=int.from_bytes(_digest(seed, key), "big")))


def keyed(seed: int) -> Draw:
    """`uniform` with the seed filled in: what code without access to seeds draws by."""

    def draw(*key: Key) -> float:
        return uniform(seed, *key)

    return draw


def _digest(seed: int, key: tuple[Key, ...]) -> bytes:
    text = "\x1f".join(map(str, (seed, *key)))
    return hashlib.blake2b(text.encode(), digest_size=16).digest()
