"""`penchant key`: keys are made, listed and revoked; only a new one is ever shown."""

import json

import pytest
from adapters.cli.shop import Shop

from penchant.adapters.http.access import KeyFile, access_path


def test_a_key_is_shown_once(shop: Shop) -> None:
    """A new key is printed alone; the list shows what it may do, and never the key."""
    done = shop.run("key", "new", "--scope", "decide:read", "--name", "shop", "--expires", "90d")
    listed = shop.run("key", "list")

    text = done.stdout.strip()
    assert text.startswith("pk_")
    assert "once" in done.stderr
    assert text not in listed.stdout
    for said in ("shop", "decide:read", "until"):
        assert said in listed.stdout


def test_a_key_has_what_was_asked_for(shop: Shop) -> None:
    """Scopes, name, person and end are kept, and told as JSON."""
    told = shop.told(
        *("key", "new", "--scope", "signals:write", "--scope", "decide:read"),
        *("--name", "app", "--person", "ada", "--expires", "1h"),
    )
    kept = KeyFile(access_path(shop.path)).keys[told["id"]]

    assert told["scopes"] == ["signals:write", "decide:read"]
    assert (kept.name, kept.person) == ("app", "ada")
    assert kept.expires_at is not None
    assert (kept.expires_at - kept.made_at).total_seconds() == 3_600
    assert "for ada alone" in shop.run("key", "list").stdout


def test_a_key_is_revoked(shop: Shop) -> None:
    """A revoked key stays in the list, as revoked."""
    number = shop.told("key", "new", "--scope", "decide:read")["id"]
    done = shop.run("key", "revoke", number)

    assert done.exit_code == 0
    assert "revoked" in shop.run("key", "list").stdout
    (kept,) = json.loads(shop.run("key", "list", "--json").stdout)
    assert kept["revoked_at"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("new", "--scope", "everything"), "There is no scope `everything`"),
        (("new", "--scope", "decide:read", "--expires", "soon"), "--expires"),
        (("new", "--scope", "decide:read", "--person", "a\nb"), "printable"),
        (("revoke", "nobody"), "There is no key `nobody`"),
        (("new",), "--scope"),
    ],
)
def test_what_makes_no_sense_is_said(shop: Shop, words: tuple[str, ...], said: str) -> None:
    """A scope, a time, a person or an id that is none is one line on stderr, and exit code 2."""
    done = shop.run("key", *words)

    assert done.exit_code == 2
    assert said in done.stderr
    assert not access_path(shop.path).exists()


def test_without_keys_the_list_says_how_to_make_one(shop: Shop) -> None:
    """An empty list teaches the first step."""
    assert "penchant key new" in shop.run("key", "list").stdout
    assert shop.run("key", "list", "--json").stdout == "[]\n"
