"""Taste: what a model knows of one person is a belief only where they taught it something."""

from engines import agreed, engine_on, lived, shop

from penchant import Engine


def tastes(engine: Engine, person: str) -> list[str]:
    """Give what is said of a person's taste."""
    return [one.says for one in engine.profile(person).beliefs if one.name.startswith("taste")]


def test_nothing_is_said_of_who_taught_nothing() -> None:
    """Neither of a person who was only decided for, nor of one who was forgotten."""
    engine = engine_on()
    engine.declare(shop())
    agreed(engine, "ada", "bea", "new")
    lived(engine, ["ada", "bea"], 60)
    engine.decide_many("home.hero", people=["new"])

    assert tastes(engine, "new") == []
    assert "learned from 60 outcomes" in tastes(engine, "ada")[0]
    engine.forget("ada")
    assert tastes(engine, "ada") == []
