"""From the bytes of a body to typed items: one, or many in `items`, where a broken one stays alone.

Rule 1: a good body is decoded once and typed; only a bad one is looked at again, to say where.
Rule 2: nesting is bounded before anything untyped is decoded: what types allow is flat already.
"""

import re
from collections.abc import Sequence
from typing import Any, Generic, TypeVar

import msgspec
from msgspec import Raw, Struct

from penchant.adapters.http.problems import Broken, Refusal
from penchant.limits import Limits

__all__ = ["Items", "Shape", "check_depth", "decoded"]

T = TypeVar("T")

_TEXTS = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*"?', re.DOTALL)
_BRACKETS = bytes.maketrans(b"[]", b"{}")
_NO_BRACKETS = bytes(set(range(256)) - set(b"[]{}"))


class _Loose(Struct):
    """A batch whose items are not looked at yet; what else there is, the typed read has seen."""

    items: list[Raw]


class Items(Generic[T]):
    """What a body holds; an item that could not be read is a sentence."""

    __slots__ = ("body", "broken", "is_batch", "read")

    def __init__(self, read: Sequence[T], body: Any = None, broken: Sequence[Broken] = ()) -> None:
        """Keep the items; `body` is the whole of a batch, None for one item alone."""
        self.read, self.body, self.broken = read, body, broken
        self.is_batch = body is not None


class Shape(Generic[T]):
    """How the bodies of one route look: one item, or many with `items`."""

    def __init__(self, one: type[T], many: type[Struct], limits: Limits) -> None:
        """Prepare the decoders."""
        self._one = msgspec.json.Decoder(one)
        self._many: msgspec.json.Decoder[Any] = msgspec.json.Decoder(many)
        self._loose = msgspec.json.Decoder(_Loose)
        self._many_type, self._limits = many, limits

    def read(self, body: bytes) -> Items[T]:
        """Read a body.

        Raises:
            Refusal: When it is no JSON, is nested too deep, holds too many items, or is a single
                item that cannot be read.
        """
        try:
            if b'"items"' not in body:
                return Items((self._one.decode(body),))
            return self._batch(self._many.decode(body))
        except msgspec.ValidationError as wrong:
            check_depth(body, self._limits.json_depth)
            return self._again(body, wrong)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as wrong:
            check_depth(body, self._limits.json_depth)
            raise Refusal(400, _sentence(wrong)) from None

    def _batch(self, many: Any) -> Items[T]:
        self._check_count(len(many.items))
        return Items(many.items, many)

    def _check_count(self, count: int) -> None:
        most = self._limits.batch_items
        if count > most:
            raise Refusal(
                413, f"A batch has at most {most:,} items (got {count:,}). Send them in parts."
            )

    def _again(self, body: bytes, wrong: msgspec.ValidationError) -> Items[T]:
        """Read a body that is not as it should be: item by item where it is a batch."""
        if b'"items"' not in body:
            raise Refusal(400, _sentence(wrong))
        try:
            loose = self._loose.decode(body).items
            rest = msgspec.json.decode(body)
            rest["items"] = []
            many: Any = msgspec.convert(rest, self._many_type)
        except (msgspec.DecodeError, msgspec.ValidationError):
            return Items((self._alone(body, wrong),))
        self._check_count(len(loose))
        read: list[T] = []
        broken: list[Broken] = []
        for index, raw in enumerate(loose):
            try:
                read.append(self._one.decode(raw))
            except msgspec.ValidationError as error:
                broken.append(Broken(index, _sentence(error)))
        return Items(read, many, broken)

    def _alone(self, body: bytes, wrong: Exception) -> T:
        """Read a single item that has a value named `items` somewhere."""
        try:
            return self._one.decode(body)
        except msgspec.ValidationError:
            raise Refusal(400, _sentence(wrong)) from None


def decoded(body: bytes, kind: type[T], limits: Limits) -> T:
    """Read a body of one type.

    Raises:
        Refusal: When it is not as it should be; the sentence says where.
    """
    check_depth(body, limits.json_depth)
    try:
        return msgspec.json.decode(body, type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as wrong:
        raise Refusal(400, _sentence(wrong)) from None


def check_depth(body: bytes, most: int) -> None:
    """See that lists and objects are nested no deeper than `most`; texts are left out.

    Raises:
        Refusal: When they are.

    Example:
        >>> check_depth(b'{"a": [1, [2]], "b": "[[[["}', 3)
    """
    left = body
    if left.count(b"[") + left.count(b"{") <= most:
        return
    left = _TEXTS.sub(b"", left).translate(_BRACKETS, _NO_BRACKETS)
    for _ in range(most):  # each pass takes away the innermost pairs, one level
        left = left.replace(b"{}", b"")
    if b"{}" in left or b"{" * (most + 1) in left:
        raise Refusal(400, f"JSON may be nested {most} deep, and this is deeper. Send it flat.")


def _sentence(wrong: Exception) -> str:
    """Say what is wrong with a body, and where."""
    if isinstance(wrong, UnicodeDecodeError):
        return f"The body is not UTF-8 text (byte {wrong.start})."
    if isinstance(wrong, RecursionError):
        return "The body is nested too deep. Send it flat."
    said = str(wrong)
    return f"The body is not as it should be: {said[:1].lower()}{said[1:]}."
