"""A service as a process: slow and half-open clients, stopping, one owner of the file."""

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest
from adapters.http.calling import ASK
from adapters.http.running import UP, Running, made_database, program, rest, running, until
from engines import NOW

from penchant import Engine
from penchant.adapters.http.access import KeyFile, access_path, made
from penchant.adapters.http.service_file import ServiceAddress, find_service

pytestmark = pytest.mark.slow


@pytest.fixture
def database(tmp_path: Path) -> Path:
    """Make a database."""
    return made_database(tmp_path / "people.db")


@pytest.fixture
def server(database: Path) -> Iterator[Running]:
    """Serve it."""
    with running(database) as served:
        yield served


def test_a_body_that_does_not_come_is_given_up(server: Running) -> None:
    """Who promises a body and does not send it is answered with 408, and the connection closed."""
    with server.connect() as connection:
        connection.sendall(server.head("Content-Length: 100\r\n") + b'{"moment"')
        answer = rest(connection)

    assert answer.startswith(b"HTTP/1.1 408")
    assert b"given up" in answer


def test_a_body_in_drops_is_given_up(server: Running) -> None:
    """Who sends byte by byte, each in time, is given up when the whole takes too long."""
    with server.connect() as connection:
        connection.sendall(server.head("Transfer-Encoding: chunked\r\n"))
        with contextlib.suppress(OSError):
            for _ in range(100):
                connection.sendall(b"1\r\n \r\n")
                time.sleep(0.05)
        with contextlib.suppress(ConnectionError):
            assert rest(connection).startswith(b"HTTP/1.1 408")


def test_who_says_nothing_is_let_go(server: Running) -> None:
    """A connection without a request, and one in the middle of its headers, are closed."""
    with server.connect() as silent, server.connect() as half:
        half.sendall(b"POST /v1/decisions HTTP/1.1\r\nHost: 127")

        assert rest(silent) == b""
        assert rest(half) == b""


def test_half_open_clients_hold_nobody_up(server: Running) -> None:
    """While hundreds of clients say half a request, others are served."""
    with contextlib.ExitStack() as stack, server.client() as client:
        for _ in range(300):
            connection = stack.enter_context(server.connect())
            connection.sendall(server.head("Content-Length: 50\r\n"))
        for _ in range(20):
            assert client.post("/v1/decisions", json=ASK).status_code == 200


def test_who_hangs_up_in_the_middle_is_forgotten(server: Running) -> None:
    """A client that goes away before its body is whole, or before its answer, harms nothing."""
    body = json.dumps(ASK).encode()
    for sent in (b'{"mom', body):
        for _ in range(20):
            connection = server.connect()
            connection.sendall(server.head(f"Content-Length: {len(body)}\r\n") + sent)
            connection.close()
    with server.client() as client:
        assert client.post("/v1/decisions", json=ASK).status_code == 200
        assert "internal" not in client.get("/metrics").text


def test_what_is_no_http_is_refused(server: Running) -> None:
    """Bytes that are no request are answered with 400 and the connection closed."""
    with server.connect() as connection:
        connection.sendall(b"\x16\x03\x01\x02\x00nonsense\r\n\r\n")

        assert rest(connection).startswith(b"HTTP/1.1 400")


def test_a_head_without_an_end_is_refused(server: Running) -> None:
    """Header lines without end are answered with 400 before they fill the memory."""
    with server.connect() as connection, contextlib.suppress(ConnectionError):
        connection.sendall(b"GET /healthz HTTP/1.1\r\n")
        for number in range(100_000):
            connection.sendall(b"X-%d: %b\r\n" % (number, b"x" * 1_000))
        connection.sendall(b"\r\n")
        assert rest(connection).startswith(b"HTTP/1.1 400")
    with server.client() as client:
        assert client.get("/healthz", headers={"x-long": "x" * 30_000}).status_code == 200


def test_a_large_body_is_answered_over_the_wire(server: Running) -> None:
    """A client that sends ten megabytes reads why they were not taken."""
    with server.client() as client:
        answer = client.post(
            "/v1/signals", content=b"x" * 10_000_000, headers={"content-type": "application/json"}
        )

    assert answer.status_code == 413


def test_requests_in_one_connection_are_answered_in_order(server: Running) -> None:
    """Two questions sent at once over one connection get two answers."""
    body = json.dumps(ASK).encode()
    one = server.head(f"Content-Length: {len(body)}\r\n") + body
    last = server.head(f"Content-Length: {len(body)}\r\nConnection: close\r\n") + body
    with server.connect() as connection:
        connection.sendall(one + last)

        assert rest(connection).count(b"HTTP/1.1 200") == 2


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_stop_keeps_what_was_answered(
    server: Running, database: Path, number: signal.Signals
) -> None:
    """Told to stop under load, it ends with 0, and every answered decision is on the disk."""
    answered: list[str] = []

    def ask() -> None:
        with server.client() as client, contextlib.suppress(httpx.TransportError):
            while True:
                answer = client.post("/v1/decisions", json=ASK)
                if answer.status_code != 200:
                    return
                answered.append(answer.json()["id"])

    with ThreadPoolExecutor(8) as pool:
        asking = [pool.submit(ask) for _ in range(8)]
        until(lambda: len(answered) > 200)
        os.kill(server.process.pid, number)
        for one in asking:
            one.result()

    assert server.process.wait(30) == 0
    with Engine.open(str(database)) as engine:
        assert all(engine.many.find(name) for name in answered)


def test_a_kill_keeps_what_was_answered(server: Running, database: Path) -> None:
    """Killed under load, every answered decision is on the disk all the same."""
    answered: list[str] = []

    def ask() -> None:
        with server.client() as client, contextlib.suppress(httpx.TransportError):
            while True:
                answered.append(client.post("/v1/decisions", json=ASK).json()["id"])

    with ThreadPoolExecutor(8) as pool:
        asking = [pool.submit(ask) for _ in range(8)]
        until(lambda: len(answered) > 200)
        server.process.kill()
        for one in asking:
            one.result()

    server.process.wait(30)
    with Engine.open(str(database)) as engine:
        assert all(engine.many.find(name) for name in answered)


def told(*options: str) -> subprocess.CompletedProcess[str]:
    """Run a command of the command line to its end."""
    return subprocess.run(  # noqa: S603 - our own interpreter, our own words
        [sys.executable, "-c", UP, *options], capture_output=True, text=True, check=False
    )


@contextlib.contextmanager
def served(database: Path, *options: str) -> Iterator[tuple[subprocess.Popen[str], dict[str, str]]]:
    """Serve a database by the command line; with what it printed."""
    options = ("up", "--db", str(database), "--port", "0", "--json", *options)
    with program("-c", UP, *options) as process:
        assert process.stdout is not None
        yield process, json.loads(process.stdout.readline())


def test_up_serves_and_cleans_up_after_itself(database: Path) -> None:
    """`penchant up` says where it is, its link opens, and its address file goes with it."""
    with served(database) as (process, said):
        address = find_service(database)
        assert address is not None
        assert address.url == said["url"]
        assert Path(f"{database}.service").stat().st_mode & 0o077 == 0
        with httpx.Client() as client:
            assert client.get(said["console"]).status_code == 200
            assert client.get(f"{said['url']}/console").status_code == 200
        process.terminate()
        assert process.wait(30) == 0
        assert process.stderr is not None
        *logged, last = process.stderr.read().splitlines()
        assert [json.loads(line)["event"] for line in logged] == ["serving", "stopping", "stopped"]
        assert last.startswith("Stopped.")

    assert find_service(database) is None


def test_a_database_that_is_new_is_said_to_be(tmp_path: Path) -> None:
    """A path that is not there becomes a database, and a misspelt one is noticed."""
    path = tmp_path / "poeple.db"
    with served(path) as (process, said):
        assert httpx.get(f"{said['url']}/healthz").status_code == 200
        process.terminate()
        assert process.stderr is not None
        assert "poeple.db` yet" in process.stderr.read()


def test_a_second_service_of_one_file_is_refused(database: Path) -> None:
    """A second process on the file is told who has it, and exits with 2."""
    with served(database) as (process, said):
        second = told("up", "--db", str(database), "--port", "0")

        assert second.returncode == 2
        assert f"process {process.pid}" in second.stderr
        assert httpx.get(f"{said['url']}/healthz").json()["durability"] == "full"


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (("--workers", "2"), "one process owns the file"),
        (("--host", "0.0.0.0"), "no key yet"),  # noqa: S104 - to be refused
        (("--rate", "often"), "is no rate"),
        (("--webhook", "https://shop.example/hook"), "PENCHANT_WEBHOOK_SECRET"),
        (("--host", "203.0.113.7"), "not possible to listen"),
    ],
)
def test_what_cannot_be_served_is_said(
    database: Path, options: tuple[str, ...], sentence: str
) -> None:
    """Workers, addresses and rates that cannot be had are refused with a sentence and exit 2."""
    KeyFile(access_path(database)).refresh()
    if "203.0.113.7" in options:
        KeyFile(access_path(database)).add(made(["decide:read"], NOW)[1])
    answer = told("up", "--db", str(database), "--port", "0", *options)

    assert answer.returncode == 2
    assert sentence in answer.stderr
    assert "Traceback" not in answer.stderr


def test_a_port_that_is_taken_is_said(database: Path) -> None:
    """A port that another program has is named, and what to do."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        answer = told("up", "--db", str(database), "--port", port)

    assert answer.returncode == 2
    assert f"Port {port}" in answer.stderr
    assert "--port" in answer.stderr


def test_others_are_let_in_once_there_is_a_key(database: Path) -> None:
    """With a key the service listens where others reach it, and answers to its allowed names."""
    text, key = made(["decide:read"], NOW)
    KeyFile(access_path(database)).add(key)
    options = ("--host", "0.0.0.0", "--allow-host", "shop.example")  # noqa: S104 - with a key
    with served(database, *options) as (_, said):
        port = said["url"].rpartition(":")[2]
        headers = {"host": "shop.example", "x-api-key": text}
        answer = httpx.post(f"http://127.0.0.1:{port}/v1/decisions", json=ASK, headers=headers)

    assert answer.status_code == 200


def test_another_link_comes_from_the_service(database: Path) -> None:
    """`penchant link` prints a link that opens once; without a service it says so."""
    with served(database):
        link = told("link", "--db", str(database))
        assert httpx.get(link.stdout.strip()).status_code == 200
        assert httpx.get(link.stdout.strip()).status_code == 401
    Path(f"{database}.service").unlink(missing_ok=True)
    none = told("link", "--db", str(database))

    assert none.returncode == 1
    assert "penchant up" in none.stderr


def test_an_address_left_by_a_crash_is_no_service(database: Path) -> None:
    """A file that a killed service left behind leads nowhere, and nothing waits for it."""
    with socket.create_server(("127.0.0.1", 0)) as gone:
        url = f"http://127.0.0.1:{gone.getsockname()[1]}"
    from penchant.adapters.http.service_file import leave_service  # noqa: PLC0415 - here alone

    leave_service(database, ServiceAddress(url, "pk_0_0", 1))

    assert told("link", "--db", str(database)).returncode == 1
