"""Releases as PyPI has them: fetched with pip and unpacked into a folder that is kept; nothing is installed or run."""

from __future__ import annotations

import pathlib
import shutil
import subprocess
import sys
import tempfile
import zipfile

# A wheel of vLLM has up to 450 MB, of which the Python files are 60 MB.
LIMIT_SECONDS = 300


class Unavailable(Exception):
    """A release cannot be fetched here."""


def fetched(cache: pathlib.Path, name: str, release: str) -> pathlib.Path:
    """The folder with the Python files of a release, fetched when it is not in the cache."""
    folder = cache / f"{name}-{release}"
    if folder.is_dir():
        return folder
    cache.mkdir(parents=True, exist_ok=True)
    # Beside its place, so that it is complete or not there, and the rename stays within one file system.
    with tempfile.TemporaryDirectory(dir=cache, prefix=f".{name}-") as text:
        parts = pathlib.Path(text)
        wheel = download(parts, name, release)
        unpack(wheel, parts / "files")
        try:
            (parts / "files").rename(folder)
        except OSError:
            # Somebody else was faster.
            if not folder.is_dir():
                raise
    return folder


def download(folder: pathlib.Path, name: str, release: str) -> pathlib.Path:
    command = [
        sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-cache-dir",
        "--no-deps", "--retries=2", "--only-binary=:all:", "--dest", str(folder), f"{name}=={release}",
    ]  # fmt: skip
    try:
        subprocess.run(command, check=True, capture_output=True, text=True, timeout=LIMIT_SECONDS)
    except subprocess.TimeoutExpired as problem:
        raise Unavailable(f"{name} {release}: pip took longer than {LIMIT_SECONDS} s") from problem
    except subprocess.CalledProcessError as problem:
        said = problem.stderr.strip().splitlines() or [f"pip ended with {problem.returncode}"]
        raise Unavailable(f"{name} {release}: {said[-1]}") from problem
    return next(folder.glob("*.whl"))


def unpack(wheel: pathlib.Path, folder: pathlib.Path) -> None:
    """The Python files and what tells the release's name; of libraries and kernels nothing is needed."""
    with zipfile.ZipFile(wheel) as archive:
        wanted = [name for name in archive.namelist() if name.endswith((".py", ".dist-info/METADATA"))]
        archive.extractall(folder, wanted)


def cleared(cache: pathlib.Path) -> None:
    """Removes what a killed run left behind."""
    for rest in cache.glob(".*-*"):
        shutil.rmtree(rest, ignore_errors=True)
