"""One connection: uvicorn's protocol on httptools, with a bound on the head of a request.

A parser in C takes any number of header lines; without a bound, whoever sends them for ever would
fill the memory before anybody is asked for a key.
"""

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

__all__ = ["HEAD_BYTES", "Connection"]

HEAD_BYTES = 64 * 2**10


class Connection(HttpToolsProtocol):
    """A connection whose requests have heads of at most `HEAD_BYTES`, give or take a packet."""

    _is_in_head = False
    _head_bytes = 0

    def data_received(self, data: bytes) -> None:
        """Take what came in; give up on a head that does not end."""
        super().data_received(data)
        if not self._is_in_head:
            return
        self._head_bytes += len(data)
        if self._head_bytes > HEAD_BYTES and not self.transport.is_closing():
            self.send_400_response(f"The head of a request has at most {HEAD_BYTES:,} bytes.")

    def on_message_begin(self) -> None:
        """Begin to count."""
        self._is_in_head, self._head_bytes = True, 0
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        """Stop counting."""
        self._is_in_head = False
        super().on_headers_complete()
