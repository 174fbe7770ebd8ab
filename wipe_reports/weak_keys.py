"""Public Ed25519 keys with which a signature proves nothing, because anybody can make one that fits.

A signature (R, S) fits the key A where [S]B = R + [k]A, k a hash over R, A and the message. Where A is one of the eight
points of small order ([8]A is the neutral point), [k]A takes at most eight values, whatever the message: R = [S]B then
fits every message, or one in two, four or eight of them, and nobody needs a private key. OpenSSL, which verifies here,
takes such keys. So are refused: the points of small order; encodings that are not the canonical one (RFC 8032 §5.1.3:
y not below p, or the sign bit of x = 0), since those are second spellings of a key; and what is no point of the curve
at all. No key made by RFC 8032 §5.1.5 is ever one of these.

Source: RFC 8032; K. Chalkias, F. Garillot, V. Nikolaenko, *Taming the many EdDSAs*, 2020 (eprint 2020/1244), table 1.
"""

from __future__ import annotations

from functools import lru_cache

_P = 2**255 - 19
_D = -121665 * pow(121666, -1, _P) % _P
_SQRT_OF_MINUS_ONE = pow(2, (_P - 1) // 4, _P)

_Point = tuple[int, int]


@lru_cache(maxsize=4096)
def is_weak(public: bytes) -> bool:
    """Is this the encoding (32 bytes) of a key that proves nothing?"""
    point = _decoded(public)
    if point is None:
        return True
    for _ in range(3):
        point = _doubled(point)
    return point == (0, 1)


def _decoded(public: bytes) -> _Point | None:
    """The point of a canonical encoding (RFC 8032 §5.1.3), ``None`` for any other 32 bytes."""
    if len(public) != 32:
        return None
    number = int.from_bytes(public, "little")
    sign, y = number >> 255, number & (2**255 - 1)
    if y >= _P:
        return None
    square = (y * y - 1) * pow(_D * y * y + 1, -1, _P) % _P
    x = pow(square, (_P + 3) // 8, _P)
    if (x * x - square) % _P:
        x = x * _SQRT_OF_MINUS_ONE % _P
    if (x * x - square) % _P or (x == 0 and sign):
        return None
    return (x if x & 1 == sign else _P - x, y)


def _doubled(point: _Point) -> _Point:
    """Twice the point, by the complete addition law of the curve -x² + y² = 1 + d·x²·y²."""
    x, y = point
    product = _D * x * x * y * y % _P
    return (
        2 * x * y * pow(1 + product, -1, _P) % _P,
        (y * y + x * x) * pow(1 - product, -1, _P) % _P,
    )
