"""What tells one package from another: its bytes, and what is in it however it is compressed."""

from __future__ import annotations

import hashlib
import io
import zipfile


def bytes_digest(data: bytes) -> str:
    """Return the SHA-256 of a package's bytes, as `sha256sum` shows it."""
    return hashlib.sha256(data).hexdigest()


def contents_digest(data: bytes) -> str:
    """Return a digest of the files in a package that was built here.

    Two machines may compress the same files to other bytes, since zlib has several makers.
    """
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        lines = [f"{info.filename} {bytes_digest(archive.read(info))}" for info in archive.filelist]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()
