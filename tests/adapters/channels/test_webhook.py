"""Webhooks: signed, sent to checked addresses only, and honest about what became of a letter."""

import asyncio
import base64
import hashlib
import hmac
import json
import socket
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from adapters.channels.targets import OK, Got, answer, certified, target

from penchant.adapters.channels.addresses import is_public, resolved
from penchant.adapters.channels.signing import key_of, new_secret
from penchant.adapters.channels.webhook import Webhook
from penchant.deliver.channel import Sending
from penchant.deliver.letter import Letter
from penchant.errors import BadInput, BadNumber
from penchant.words import Action

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
SECRET = "whsec_" + base64.b64encode(bytes(range(32))).decode()
LETTER = Letter(
    "d-1",
    "ada",
    "shoes.worn",
    NOON,
    NOON.replace(day=29),
    Action("offer", {"kind": "shoe", "look": [0.5, 1]}, content="Neue Schuhe?", channel="webhook"),
    "the count of `run.finished` reached 80",
)


def send(
    url: str, *secrets: str, letter: Letter = LETTER, **settings: Any
) -> tuple[Sending, Webhook]:
    """Send a letter to an address."""

    async def run() -> tuple[Sending, Webhook]:
        hook = Webhook(url, *(secrets or (SECRET,)), clock=lambda: NOON, **settings)
        try:
            return await hook.send(letter), hook
        finally:
            await hook.close()

    return asyncio.run(run())


def told(*answers: bytes | None, **settings: Any) -> tuple[Sending, Sequence[Got]]:
    """Send a letter to a target on this machine that answers so; give what it got, too."""

    async def run() -> tuple[Sending, Sequence[Got]]:
        async with target(*answers) as there:
            hook = Webhook(there.url, SECRET, allow_private=True, clock=lambda: NOON, **settings)
            sending = await hook.send(LETTER)
            await hook.close()
            return sending, there.got

    return asyncio.run(run())


def test_a_letter_is_a_signed_post() -> None:
    """Headers and signature are those of Standard Webhooks; the body says what is to be done."""
    sending, (got,) = told()
    key = base64.b64decode(SECRET.removeprefix("whsec_"))
    at = str(int(NOON.timestamp()))
    signed = hmac.new(key, b"d-1." + at.encode() + b"." + got.body, hashlib.sha256).digest()

    assert sending == Sending("sent")
    assert got.line == "POST /hook?a=b HTTP/1.1"
    assert got.headers["host"].startswith("127.0.0.1:")
    assert got.headers["content-type"] == "application/json"
    assert got.headers["webhook-id"] == "d-1"
    assert got.headers["webhook-timestamp"] == at
    assert got.headers["webhook-signature"] == "v1," + base64.b64encode(signed).decode()
    assert json.loads(got.body) == {
        "type": "moment.opened",
        "timestamp": "2026-11-22T12:00:00Z",
        "data": {
            "id": "d-1",
            "person": "ada",
            "moment": "shoes.worn",
            "at": "2026-11-22T12:00:00Z",
            "until": "2026-11-29T12:00:00Z",
            "action": {
                "name": "offer",
                "features": {"kind": "shoe", "look": [0.5, 1]},
                "content": "Neue Schuhe?",
                "channel": "webhook",
                "burden": 0.0,
                "risk": "auto",
            },
            "opened_by": "the count of `run.finished` reached 80",
        },
    }


def test_two_secrets_make_two_signatures() -> None:
    """So that an old and a new secret hold at a time."""

    async def run() -> Got:
        async with target() as there:
            hook = Webhook(there.url, SECRET, new_secret(), allow_private=True)
            await hook.send(LETTER)
            await hook.close()
            return there.got[0]

    signatures = asyncio.run(run()).headers["webhook-signature"].split(" ")

    assert len(signatures) == len(set(signatures)) == 2
    assert all(one.startswith("v1,") for one in signatures)


@pytest.mark.parametrize(
    ("said", "how", "sentence"),
    [
        (answer(200), "sent", ""),
        (answer(202), "sent", ""),
        (answer(400), "failed", "The target of the webhook answered 400."),
        (answer(410), "failed", "The target of the webhook answered 410."),
        (answer(429), "returned", "The target of the webhook answered 429."),
        (answer(500), "returned", "The target of the webhook answered 500."),
        (answer(503), "returned", "The target of the webhook answered 503."),
        (b"no http at all\r\n\r\n", "unknown", "It was sent, and not answered"),
        (b"", "unknown", "It was sent, and not answered"),
        (b"HTTP/1.1 200 OK\r\n", "unknown", "It was sent, and not answered"),
    ],
)
def test_an_answer_says_what_became_of_it(said: bytes, how: str, sentence: str) -> None:
    """2xx is sent; 429 and 5xx may come again; other answers are the end; none is unknown."""
    sending, got = told(said)

    assert sending.how == how
    assert sending.sentence.startswith(sentence)
    assert len(got) == 1


@pytest.mark.parametrize(
    ("header", "seconds"),
    [("120", 120.0), ("999999999", 3_600.0), ("-5", 0.0), ("Fri, 31 Dec 1999 23:59:59 GMT", 0.0)],
)
def test_a_target_may_ask_to_be_left_alone(header: str, seconds: float) -> None:
    """For an hour at most; a date is not read."""
    sending, _ = told(answer(429, f"Retry-After: {header}"))

    assert sending.again_after == seconds


def test_a_target_that_hangs_is_left_after_the_timeout() -> None:
    """What was sent and never answered is unknown."""
    sending, got = told(None, timeout=0.3)

    assert sending == Sending("unknown", "It was sent, and not answered (ReadTimeout).") or (
        sending == Sending("unknown", "It was sent, and not answered (TimeoutError).")
    )
    assert len(got) == 1


def test_a_target_that_answers_drop_by_drop_is_left_after_the_timeout() -> None:
    """A byte now and then holds nobody up for longer than the whole time of a try."""
    ended = asyncio.Event()

    async def drip(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nX: ")
        while not writer.is_closing() and not reader.at_eof():
            writer.write(b"x")
            await asyncio.sleep(0.02)
        writer.close()
        ended.set()

    async def run() -> Sending:
        server = await asyncio.start_server(drip, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        hook = Webhook(f"http://127.0.0.1:{port}/", SECRET, allow_private=True, timeout=0.3)
        sending = await hook.send(LETTER)
        await hook.close()
        await ended.wait()
        server.close()
        return sending

    assert asyncio.run(run()).how == "unknown"


def test_a_body_without_an_end_is_not_read() -> None:
    """The status is the answer; what stands behind it is nobody's business."""
    sending, _ = told(b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n")

    assert sending.how == "sent"


def test_a_redirect_to_this_machine_is_not_followed() -> None:
    """Nor any other redirect; the letter is not sent anywhere else."""

    async def run() -> tuple[Sending, int]:
        async with target() as inner, target(answer(302, f"Location: {inner.url}")) as outer:
            hook = Webhook(outer.url, SECRET, allow_private=True)
            sending = await hook.send(LETTER)
            await hook.close()
            return sending, len(inner.got)

    sending, inside = asyncio.run(run())

    assert sending.how == "failed"
    assert "302: a redirect, which is not followed" in sending.sentence
    assert inside == 0


def test_a_target_that_accepts_twice_gets_the_same_id() -> None:
    """An answer of 500 after the fact is tried again, and who got it twice can tell."""

    async def run() -> list[str]:
        async with target(answer(500), OK) as there:
            hook = Webhook(there.url, SECRET, allow_private=True)
            assert (await hook.send(LETTER)).how == "returned"
            assert (await hook.send(LETTER)).how == "sent"
            await hook.close()
            return [got.headers["webhook-id"] for got in there.got]

    assert asyncio.run(run()) == ["d-1", "d-1"]


def test_nobody_listens_there() -> None:
    """A connection that is refused left nothing behind: it may come again."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    sending, _ = send(f"http://127.0.0.1:{port}/", allow_private=True)

    assert sending.how == "returned"
    assert "could not be reached (ConnectError)" in sending.sentence


@pytest.mark.parametrize("problem", [OSError("no"), TimeoutError(), UnicodeError("no")])
def test_a_name_that_cannot_be_resolved_comes_back(problem: Exception) -> None:
    """Whatever the resolver raises, nothing left."""

    async def fails(host: str, port: int) -> Sequence[str]:
        assert (host, port) == ("example.com", 443)
        raise problem

    sending, _ = send("https://example.com/", resolve=fails)

    assert sending.how == "returned"


PRIVATE = [
    "127.0.0.1",
    "127.8.8.8",
    "0.0.0.0",  # noqa: S104 - an address to refuse
    "10.1.2.3",
    "172.16.0.1",
    "192.168.1.1",
    "169.254.169.254",
    "100.64.0.1",
    "100.100.100.200",
    "168.63.129.16",
    "192.0.0.192",
    "198.18.0.1",
    "224.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "fe80::1",
    "fe80::1%eth0",
    "fc00::1",
    "fd00:ec2::254",
    "ff02::1",
    "::ffff:127.0.0.1",
    "::ffff:169.254.169.254",
    "::127.0.0.1",
    "64:ff9b::7f00:1",
    "64:ff9b:1::7f00:1",
    "2002:7f00:1::",
    "2001:db8::1",
    "localhost",
    "",
]


@pytest.mark.parametrize("address", PRIVATE)
def test_a_private_address_is_not_sent_to(address: str) -> None:
    """This machine, its network, metadata services, and what hides one of them."""

    async def answers(host: str, port: int) -> Sequence[str]:
        del host, port
        return ["93.184.215.14", address]

    sending, _ = send("https://example.com/", resolve=answers)

    assert sending.how == "failed"
    assert "private network" in sending.sentence
    assert not is_public(address)


@pytest.mark.parametrize(
    "address",
    ["93.184.215.14", "8.8.8.8", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808"],
)
def test_a_public_address_is(address: str) -> None:
    """The internet at large, also where it is translated."""
    assert is_public(address)


def test_this_machine_is_refused_before_anything_is_sent() -> None:
    """By the real resolver, for names that mean it, with every address that has one."""
    for host in ("localhost", "127.0.0.1", "[::1]"):
        sending, _ = send(f"https://{host}/")
        assert sending.how == "failed", host


def test_the_connection_goes_to_the_address_that_was_checked() -> None:
    """A name that answers otherwise the next time changes nothing, and the host keeps its name."""
    asked: list[str] = []

    async def run() -> Got:
        async with target() as there:
            port = there.url.split(":")[2].split("/")[0]

            async def answers(host: str, port: int) -> Sequence[str]:
                del port
                asked.append(host)
                return ["127.0.0.1"] if len(asked) == 1 else ["10.0.0.1"]

            hook = Webhook(
                f"http://shop.example:{port}/in", SECRET, allow_private=True, resolve=answers
            )
            assert (await hook.send(LETTER)).how == "sent"
            await hook.close()
            return there.got[0]

    got = asyncio.run(run())

    assert asked == ["shop.example"]
    assert got.headers["host"].startswith("shop.example:")


@pytest.mark.parametrize(("host", "how"), [("shop.example", "sent"), ("other.example", "returned")])
def test_the_certificate_is_that_of_the_name(host: str, how: str, tmp_path: Path) -> None:
    """The connection goes to a checked address, and still has to be the host it says it is."""
    serving, trusting = certified("shop.example", tmp_path)

    async def here(host: str, port: int) -> Sequence[str]:
        del host, port
        return ["127.0.0.1"]

    async def run() -> Sending:
        async with target(host=host, tls=serving) as there:
            hook = Webhook(there.url, SECRET, allow_private=True, tls=trusting, resolve=here)
            sending = await hook.send(LETTER)
            await hook.close()
            assert len(there.got) == (how == "sent")
            return sending

    assert asyncio.run(run()).how == how


def test_a_proxy_of_the_environment_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    """It could send where Penchant may not."""
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:1")

    assert told()[0].how == "sent"


@pytest.mark.parametrize(
    ("url", "secrets", "sentence"),
    [
        ("http://example.com/", (SECRET,), "a URL with https and a host"),
        ("ftp://example.com/", (SECRET,), "a URL with https and a host"),
        ("https:///path", (SECRET,), "a URL with https and a host"),
        ("example.com", (SECRET,), "a URL with https and a host"),
        ("https://ada:secret@example.com/", (SECRET,), "no name, password or fragment"),
        ("https://example.com/#top", (SECRET,), "no name, password or fragment"),
        ("https://exa mple.com:99999/", (SECRET,), "must be a URL"),
        ("https://example.com/", (), "needs a secret"),
        ("https://example.com/", ("secret",), "must be `whsec_`"),
        ("https://example.com/", ("whsec_!",), "must be `whsec_`"),
        ("https://example.com/", ("whsec_AAAA",), "24 to 64 bytes"),
    ],
)
def test_what_cannot_be_sent_to_is_refused_at_once(
    url: str, secrets: tuple[str, ...], sentence: str
) -> None:
    """An address or a secret that is none is bad input, and the secret is not repeated."""
    with pytest.raises(BadInput, match=sentence) as wrong:
        Webhook(url, *secrets)

    assert "secret@" not in str(wrong.value)


def test_a_timeout_of_no_time_is_refused() -> None:
    """And one of more than five minutes."""
    for timeout in (0.0, 301.0, float("nan")):
        with pytest.raises(BadNumber, match="The timeout of a webhook"):
            Webhook("https://example.com/", SECRET, timeout=timeout)


def test_a_new_secret_is_one() -> None:
    """Of 32 bytes, and another one each time."""
    one, other = new_secret(), new_secret()

    assert one != other
    assert len(key_of(one)) == 32


def test_the_resolver_gives_each_address_once() -> None:
    """As the machine knows them."""
    assert set(asyncio.run(resolved("localhost", 80))) <= {"127.0.0.1", "::1"}
