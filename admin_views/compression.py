"""Pages and static files go out compressed to whoever takes it: a list is a tenth of its size then.

Each page gets a name of random length in the header of its gzip form, so that its size does not tell what the secret
token in it has in common with something that an attacker had put on the page (BREACH).
"""

from __future__ import annotations

import secrets
import struct
import zlib
from functools import lru_cache

from flask import Flask, Response, request

KINDS = frozenset(
    {
        "text/html",
        "text/css",
        "text/javascript",
        "application/javascript",
        "application/json",
        "image/svg+xml",
        "text/plain",
    }
)
SMALLEST = 1_000
"""Below so many bytes compressing saves nothing."""
LARGEST = 8_000_000
"""What is larger is a file of its own and goes out as it is."""
PAGE_LEVEL, FILE_LEVEL = 5, 9
LONGEST_NAME = 100
_HAS_NAME = 8


def gzipped(data: bytes, level: int, name: bytes) -> bytes:
    """The gzip form of `data`, with a file name."""
    deflate = zlib.compressobj(level, zlib.DEFLATED, -zlib.MAX_WBITS)
    body = deflate.compress(data) + deflate.flush()
    head = struct.pack("<2sBBLBB", b"\x1f\x8b", 8, _HAS_NAME, 0, 0, 255) + name + b"\0"
    return head + body + struct.pack("<LL", zlib.crc32(data), len(data) & 0xFFFFFFFF)


@lru_cache(maxsize=128)
def _file(address: str, data: bytes) -> bytes:
    """A static file, compressed once; `address` names its content."""
    return gzipped(data, FILE_LEVEL, b"")


def compress(response: Response) -> Response:
    """The same response, compressed where that is wanted and worth it."""
    is_file = request.endpoint == "static"
    if (
        response.mimetype not in KINDS
        or response.status_code != 200
        or (response.is_streamed and not is_file)
    ):
        return response
    response.vary.add("Accept-Encoding")
    if request.accept_encodings["gzip"] <= 0 or "Content-Encoding" in response.headers:
        return response
    size = response.content_length or 0
    if not SMALLEST <= size <= LARGEST:
        return response
    response.direct_passthrough = False
    data = response.get_data()
    if is_file:
        made = _file(request.full_path, data)
    else:
        made = gzipped(data, PAGE_LEVEL, b"x" * secrets.randbelow(LONGEST_NAME))
    response.set_data(made)
    response.headers["Content-Encoding"] = "gzip"
    response.headers.pop("Accept-Ranges", None)
    etag, _is_weak = response.get_etag()
    if etag is not None:
        response.set_etag(etag, weak=True)
    return response


def init_compression(app: Flask) -> None:
    app.after_request(compress)
