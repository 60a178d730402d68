"""A target of webhooks for tests: a small HTTP server that answers as it is told, or not at all."""

import asyncio
import json
import ssl
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from msgspec import Struct

__all__ = ["OK", "Got", "Target", "answer", "certified", "target"]

OK = b"HTTP/1.1 204 No Content\r\n\r\n"


class Got(Struct):
    """One request as it came: line, headers by lower-case name, body."""

    line: str
    headers: dict[str, str]
    body: bytes

    @property
    def data(self) -> Any:
        """The `data` of its JSON."""
        return json.loads(self.body)["data"]


class Target:
    """Answers each request with the next of its answers, the last one for good; None hangs."""

    def __init__(self, answers: Sequence[bytes | None]) -> None:
        """Give these answers."""
        self.answers = list(answers)
        self.got: list[Got] = []
        self.url = ""
        self._hanging = asyncio.Event()
        self._serving: set[asyncio.Task[None]] = set()

    async def end(self) -> None:
        """Let go of whoever hangs, and wait for all."""
        self._hanging.set()
        await asyncio.gather(*self._serving)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one connection."""
        task = asyncio.current_task()
        assert task is not None
        self._serving.add(task)
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode()
            line, *fields = head.strip().split("\r\n")
            headers = {name.lower(): value.strip() for name, _, value in map(_split, fields)}
            body = await reader.readexactly(int(headers["content-length"]))
            self.got.append(Got(line, headers, body))
            answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
            if answer is None:
                await self._hanging.wait()
            else:
                writer.write(answer)
                await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()
            self._serving.discard(task)


def _split(field: str) -> tuple[str, str, str]:
    return field.partition(":")


@asynccontextmanager
async def target(
    *answers: bytes | None, host: str = "127.0.0.1", tls: ssl.SSLContext | None = None
) -> AsyncIterator[Target]:
    """Serve on this machine; without answers each request is accepted."""
    one = Target(answers or (OK,))
    server = await asyncio.start_server(one.serve, "127.0.0.1", 0, ssl=tls)
    scheme, port = "https" if tls else "http", server.sockets[0].getsockname()[1]
    one.url = f"{scheme}://{host}:{port}/hook?a=b"
    try:
        yield one
    finally:
        await one.end()
        server.close()
        await server.wait_closed()


def certified(name: str, folder: Path) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """Give what serves as a host of that name, and what trusts it."""
    key = ec.generate_private_key(ec.SECP256R1())
    whom = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    builder = x509.CertificateBuilder(whom, whom, key.public_key(), x509.random_serial_number())
    builder = builder.not_valid_before(datetime(2026, 1, 1, tzinfo=UTC))
    builder = builder.not_valid_after(datetime(2126, 1, 1, tzinfo=UTC))
    names = x509.SubjectAlternativeName([x509.DNSName(name)])
    signed = builder.add_extension(names, critical=False).sign(key, hashes.SHA256())
    files = folder / "certificate.pem", folder / "key.pem"
    files[0].write_bytes(signed.public_bytes(Encoding.PEM))
    files[1].write_bytes(
        key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()),
    )
    serving = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    serving.load_cert_chain(*files)
    return serving, ssl.create_default_context(cafile=str(files[0]))


def answer(status: int, *headers: str) -> bytes:
    """Give an answer of a status."""
    lines = [f"HTTP/1.1 {status} Said", "Content-Length: 0", *headers]
    return "\r\n".join([*lines, "", ""]).encode()
