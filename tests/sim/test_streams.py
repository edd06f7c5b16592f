"""Claims about randomness: a draw is a function of its seed and key, and of nothing else."""

from itertools import product

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from sim.streams import generator, keyed, uniform, uniforms

keys = st.lists(st.one_of(st.integers(0, 9), st.sampled_from(["a", "decision", "x"])), max_size=3)


def test_the_same_key_gives_the_same_number_whatever_was_drawn_before() -> None:
    before = uniform(7, "decision", 3, 1)
    uniforms(7, 100, "chance")
    generator(7, "network").random(5)
    assert uniform(7, "decision", 3, 1) == before == keyed(7)("decision", 3, 1)


def test_a_stream_is_the_same_in_every_version() -> None:
    """Pinned: published seeds must keep their meaning."""
    assert uniform(0, "decision", 1) == 0.11343839956275781
    assert uniforms(0, 2, "decision", 1, "choose") == [0.4534014691668917, 0.13863897105235168]
    assert generator(0, "network").integers(0, 1000, 3).tolist() == [821, 393, 983]


@given(keys, keys, st.integers(0, 5), st.integers(0, 5))
def test_different_keys_differ(
    one: list[int | str], other: list[int | str], a: int, b: int
) -> None:
    same = (a, *map(str, one)) == (b, *map(str, other))
    assert (uniform(a, *one) == uniform(b, *other)) == same


@given(st.integers(0, 2**63), keys)
def test_numbers_lie_in_the_half_open_unit_interval(seed: int, key: list[int | str]) -> None:
    assert 0 <= uniform(seed, *key) < 1


def test_numbers_are_roughly_uniform_and_neighbouring_keys_unrelated() -> None:
    drawn = np.array([[uniform(seed, "d", n) for n in range(100)] for seed in range(100)])
    counts, _ = np.histogram(drawn, bins=10, range=(0, 1))
    # Chi-square with 9 degrees of freedom: 27.9 is passed once in a thousand.
    assert ((counts - 1000) ** 2 / 1000).sum() < 27.9
    for one, other in ((drawn[:, :-1], drawn[:, 1:]), (drawn[:-1], drawn[1:])):
        assert abs(np.corrcoef(one.ravel(), other.ravel())[0, 1]) < 0.04


def test_conditions_of_one_seed_meet_the_same_chance() -> None:
    """The key holds place and time, not the condition, so that contrasts are paired."""
    places = list(product(range(1, 4), ("choose", "punish"), range(3)))
    one, other = keyed(11), keyed(11)
    assert [one("decision", *place) for place in places] == [
        other("decision", *place) for place in reversed(places)
    ][::-1]


def test_uniforms_are_as_many_as_asked_and_differ() -> None:
    assert len(set(uniforms(3, 50, "chance", 1))) == 50
    assert uniforms(3, 2, "chance") == uniforms(3, 50, "chance")[:2]
