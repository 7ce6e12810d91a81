"""The embedded broker's jars: resolved once by Maven from a pinned pom.xml into a cache."""

from __future__ import annotations

import fcntl
import hashlib
import os
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

import infra

KAFKA_FILES = Path(infra.__file__).parent / "kafka"
MINIMUM_JAVA = 17
_OTHER_BROKER = "or set CALLQA_KAFKA_BOOTSTRAP=host:port to use a Kafka that already runs"
_INSTALL_JAVA = (
    f"install Java {MINIMUM_JAVA} or newer (Debian: openjdk-17-jre-headless, Homebrew: openjdk@17)"
)
_INSTALL_MAVEN = "install Maven (Debian: maven, Homebrew: maven)"
_MAVEN_DEADLINE_S = 900.0
_RESOLVED = "RESOLVED"


class KafkaUnavailable(Exception):
    """The embedded broker cannot run on this machine; the text says what to install or set."""


def find_java() -> Path:
    """The ``java`` on the user's PATH. Raises KafkaUnavailable where it is absent or too old."""
    found = shutil.which("java")
    if found is None:
        raise KafkaUnavailable(f"the embedded Kafka needs Java: {_INSTALL_JAVA}, {_OTHER_BROKER}")
    answer = subprocess.run([found, "-version"], capture_output=True, text=True, check=False)
    version = re.search(r'version "(\d+)', answer.stderr + answer.stdout)
    if answer.returncode != 0 or version is None:
        raise KafkaUnavailable(f"{found} does not run: {_INSTALL_JAVA}, {_OTHER_BROKER}")
    if int(version[1]) < MINIMUM_JAVA:
        raise KafkaUnavailable(f"{found} is Java {version[1]}: {_INSTALL_JAVA}, {_OTHER_BROKER}")
    return Path(found)


def resolve_jars(cache_dir: Path, pom: Path = KAFKA_FILES / "pom.xml") -> Path:
    """The folder with every jar that ``pom`` names, filled by Maven on first use.

    The folder's name carries the hash of the pom and appears by one rename, so that an interrupted
    download is never taken for a whole one and a changed pom is resolved anew.
    Raises KafkaUnavailable where Maven is missing or cannot reach its repository.
    """
    digest = hashlib.sha256(pom.read_bytes()).hexdigest()[:16]
    # Maven takes a relative path from the pom's folder, not from the caller's.
    cache_dir = cache_dir.resolve()
    target = cache_dir / f"kafka-{digest}"
    if (target / _RESOLVED).exists():
        return target
    maven = shutil.which("mvn")
    if maven is None:
        raise KafkaUnavailable(f"the embedded Kafka is fetched by Maven: {_INSTALL_MAVEN}, {_OTHER_BROKER}")
    cache_dir.mkdir(parents=True, exist_ok=True)
    # Two Mavens that fill one repository disturb each other: a second process waits, and finds all done.
    with (cache_dir / "kafka.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (target / _RESOLVED).exists():
            _fill(target, maven, pom, digest)
    return target


def _fill(target: Path, maven: str, pom: Path, digest: str) -> None:
    with tempfile.TemporaryDirectory(prefix="kafka-", dir=target.parent) as staging:
        folder = Path(staging) / "jars"
        _copy_dependencies(maven, pom, folder)
        (folder / _RESOLVED).write_text(f"{digest}\n", encoding="ascii")
        folder.rename(target)


def _copy_dependencies(maven: str, pom: Path, folder: Path) -> None:
    command = [maven, "-q", "-B", "-f", os.fspath(pom), "dependency:copy-dependencies"]
    command.append(f"-DoutputDirectory={folder}")
    try:
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            timeout=_MAVEN_DEADLINE_S,
        )
    except subprocess.TimeoutExpired:
        raise KafkaUnavailable(
            f"Maven did not finish in {_MAVEN_DEADLINE_S:.0f} s, {_OTHER_BROKER}"
        ) from None
    if done.returncode != 0 or not any(folder.glob("kafka_*.jar")):
        said = "\n".join((done.stdout + done.stderr).strip().splitlines()[:8])
        raise KafkaUnavailable(f"Maven could not resolve {pom}, {_OTHER_BROKER}:\n{said}")
