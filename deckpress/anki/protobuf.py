"""Protobuf messages, in which newer Ankis write: bytes → the values of their numbered fields."""

from __future__ import annotations

from collections.abc import Iterator

Message = dict[int, int | bytes]
"""The last value of each field of a message, by the field's number."""

_SIZES = {1: 8, 5: 4}
"""The bytes that values of a fixed size take, by their wire type."""


def parse_message(data: bytes | bytearray) -> Message:
    """Return the last value of each field.

    Raises ValueError or LookupError if the message breaks off or is none.
    """
    return dict(parse_fields(data))


def parse_fields(data: bytes | bytearray) -> Iterator[tuple[int, int | bytes]]:
    """Yield number and value of each field, as protobuf.dev/programming-guides/encoding says.

    Raises ValueError or LookupError if the message breaks off or is none.
    """
    at = 0
    while at < len(data):
        tag, at = _parse_varint(data, at)
        if tag & 7 == 0:
            number, at = _parse_varint(data, at)
            yield tag >> 3, number
        else:
            size, at = _parse_varint(data, at) if tag & 7 == 2 else (_SIZES[tag & 7], at)
            if at + size > len(data):
                raise ValueError("the message breaks off")
            yield tag >> 3, bytes(data[at : at + size])
            at += size


def _parse_varint(data: bytes | bytearray, at: int) -> tuple[int, int]:
    """Return the number at a place, and the place after it."""
    value = 0
    for shift in range(0, 64, 7):
        value |= (data[at] & 0x7F) << shift
        at += 1
        if data[at - 1] < 0x80:
            return value % 2**64, at
    raise ValueError("the number is too long")


def text_in(message: Message, number: int) -> str:
    """Return a text; one that is not there is empty, and what is not a text raises ValueError."""
    return bytes_in(message, number).decode()


def bytes_in(message: Message, number: int) -> bytes:
    """Return bytes, or a message; none where there are none, and a number raises ValueError."""
    value = message.get(number, b"")
    if isinstance(value, int):
        raise ValueError(f"field {number} is a number")
    return value


def whole_in(message: Message, number: int) -> int | None:
    """Return an int64, or None if it is not there; what is not a number raises ValueError."""
    value = message.get(number)
    if isinstance(value, bytes):
        raise ValueError(f"field {number} is no number")
    return value if value is None or value < 2**63 else value - 2**64
