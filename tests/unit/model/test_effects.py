"""Crossed effects: what is found, what is shrunk, what is left at 0."""

import numpy as np
import pytest

from penchant.model.effects import effects


def test_difficulty_is_found_net_of_who_met_it() -> None:
    """Two things as hard as each other look so, though able people met one and others the other."""
    dice = np.random.default_rng(0)
    person = np.repeat(np.arange(400), 40)
    able = np.where(np.arange(400) % 2, 1.5, -1.5)
    thing = np.where(dice.random(len(person)) < 0.9, person % 2, 1 - person % 2)
    right = (dice.random(len(person)) < 1 / (1 + np.exp(-able[person]))).astype(float)

    shares = np.bincount(thing, right) / np.bincount(thing)
    fitted = effects([person, thing], [400, 2], right, [2.0, 1.0])
    naive = np.diff(np.log(shares / (1 - shares)))[0]
    assert naive > 1.5
    assert abs(np.diff(fitted.groups[1])[0]) < 0.25 * naive


def test_a_key_met_once_stays_near_nothing_and_one_never_met_at_it() -> None:
    """The prior holds what little says."""
    thing = np.array([0] * 200 + [1])
    right = np.array([1.0, 0.0] * 100 + [1.0])
    often, once, never = effects([thing], [3], right, [0.5]).groups[0]

    assert abs(often) < 0.1
    assert 0 < once < 0.3
    assert never == 0


def test_the_solution_is_where_the_slope_is_nothing() -> None:
    """At the end pull and prior are in balance for every key."""
    dice = np.random.default_rng(1)
    keys = [dice.integers(30, size=3000), dice.integers(50, size=3000)]
    truth = dice.normal(size=30)[keys[0]] + dice.normal(size=50)[keys[1]]
    right = (dice.random(3000) < 1 / (1 + np.exp(-truth))).astype(float)
    common, groups = effects(keys, [30, 50], right, [1.0, 1.0])
    off = right - 1 / (1 + np.exp(-(common + groups[0][keys[0]] + groups[1][keys[1]])))

    for key, group in zip(keys, groups, strict=True):
        assert np.bincount(key, off) - group == pytest.approx(0, abs=0.3)


def test_without_rows_there_is_no_effect() -> None:
    """Nothing in, nothing out."""
    none = np.zeros(0, dtype=np.int64)

    assert effects([none], [2], np.zeros(0), [1.0]).groups[0].tolist() == [0.0, 0.0]
