"""Names of actions: each has a place, and keeps it."""

from penchant.model.action_names import ActionNames


def test_a_name_keeps_its_place_without_being_kept() -> None:
    """Places are told by hashes, so they come back where the names themselves are gone."""
    names, other = ActionNames(), ActionNames()
    assert names.places(["a", "b", "a"]).tolist() == [0, 1, 0]
    other.restore(names.hashes)
    names.forget_names()

    assert names.places(["b", "c"]).tolist() == [1, 2]
    assert other.places(["b"]).tolist() == [1]
    assert (other.find("a"), other.find("c")) == (0, -1)
