"""Check the deck and its newest release, or, given a tag such as v1.1.0, the release it names.

What belongs to the release is printed at the end, a path a line: package, checksum and notes.
"""

from __future__ import annotations

import hashlib
import re
import subprocess
import sys
import tempfile
import tomllib
import zipfile
from pathlib import Path

DIST = Path("dist")
SETTINGS = Path("source", "deck.toml")


def main(tag: str | None) -> None:
    """Check what lies in the current folder, a project; exit with 1 if something is wrong."""
    build_deck("check", "--strict", "--locked")
    version = tag.removeprefix("v") if tag else newest_version()
    if version is None:
        tell("there is no release yet")
        return
    files = files_of(version)
    check_files(files)
    check_package(files[0], is_tagged=tag is not None)
    build_deck("verify")
    print(*(path.as_posix() for path in files), sep="\n")


def deck() -> dict[str, str]:
    """Return the [deck] table of deck.toml."""
    settings: dict[str, dict[str, str]] = tomllib.loads(SETTINGS.read_text(encoding="utf-8"))
    return settings["deck"]


def newest_version() -> str | None:
    """Return the version of the newest package that has a checksum, and so was released."""
    name = re.compile(rf"{re.escape(deck()['id'])}-(\d+\.\d+\.\d+)\.apkg\.sha256")
    found = [match[1] for path in DIST.glob("*") if (match := name.fullmatch(path.name))]
    return max(found, key=lambda version: [*map(int, version.split("."))], default=None)


def files_of(version: str) -> tuple[Path, Path, Path]:
    """Return the package of a release, its checksum and its notes."""
    package = DIST / f"{deck()['id']}-{version}.apkg"
    return package, Path(f"{package}.sha256"), package.with_suffix(".md")


def check_files(files: tuple[Path, Path, Path]) -> None:
    """See that a release is all there, and that its checksum is its package's."""
    for path in files:
        if not path.is_file():
            fail(f"{path.as_posix()}: no such file: commit it with the release")
    package, checksum, _ = files
    digest = hashlib.sha256(package.read_bytes()).hexdigest()
    if checksum.read_text(encoding="utf-8") != f"{digest}  {package.name}\n":
        fail(f"{checksum.as_posix()}: is not the checksum of {package.name}: restore both by git")


def check_package(package: Path, *, is_tagged: bool) -> None:
    """Build the deck again; a tag stands where that makes the released package."""
    with tempfile.TemporaryDirectory() as folder:
        built = Path(folder, package.name)
        build_deck("build", "--quiet", "--locked", "--output", str(built))
        is_same = contents(built) == contents(package)
    if is_tagged and not is_same:
        fail(f"{package.as_posix()}: the tagged notes make another package: tag the right commit")
    tell(f"{package.as_posix()}: " + ("built again, the same" if is_same else "notes have changed"))


def contents(package: Path) -> dict[str, bytes]:
    """Return what a package holds; how that is compressed may differ between machines."""
    with zipfile.ZipFile(package) as opened:
        return {name: opened.read(name) for name in opened.namelist()}


def build_deck(*arguments: str) -> None:
    """Run build_deck.py, and go no further if that fails."""
    tell("build_deck.py " + " ".join(arguments))
    command = [sys.executable, "build_deck.py", *arguments]
    if subprocess.run(command, stdout=sys.stderr, check=False).returncode:
        sys.exit(1)


def tell(text: str) -> None:
    """Say something beside the list of files."""
    print(text, file=sys.stderr, flush=True)


def fail(text: str) -> None:
    """Say what is wrong, and stop."""
    tell(text)
    sys.exit(1)


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else None)
