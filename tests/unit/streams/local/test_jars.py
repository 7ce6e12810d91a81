from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from streams.local.jars import KAFKA_FILES, KafkaUnavailable, find_java, resolve_jars


def executable(folder: Path, name: str, text: str) -> None:
    folder.mkdir(exist_ok=True)
    path = folder / name
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)


@pytest.fixture
def path_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A PATH with nothing but what the test puts there, and the shell's own folder for the scripts."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))
    return folder


def test_missing_java_names_the_packages_and_the_way_round(path_only: Path) -> None:
    with pytest.raises(KafkaUnavailable) as caught:
        find_java()
    text = str(caught.value)
    assert "openjdk-17-jre-headless" in text
    assert "openjdk@17" in text
    assert "CALLQA_KAFKA_BOOTSTRAP" in text


def test_java_that_is_too_old_is_refused_with_its_version(path_only: Path) -> None:
    executable(path_only, "java", "echo 'openjdk version \"11.0.2\" 2019-01-15' >&2")
    with pytest.raises(KafkaUnavailable, match="is Java 11"):
        find_java()


@pytest.mark.parametrize("version", ["17.0.15", "21", "26-ea"])
def test_java_of_the_needed_age_is_found(path_only: Path, version: str) -> None:
    executable(path_only, "java", f"echo 'openjdk version \"{version}\" 2025-04-15' >&2")
    assert find_java() == path_only / "java"


def test_java_that_does_not_run_is_reported(path_only: Path) -> None:
    executable(path_only, "java", "echo 'Unable to locate a Java Runtime' >&2; exit 1")
    with pytest.raises(KafkaUnavailable, match="does not run"):
        find_java()


def test_missing_maven_names_the_package_and_the_way_round(path_only: Path, tmp_path: Path) -> None:
    with pytest.raises(KafkaUnavailable, match=r"Debian: maven.*CALLQA_KAFKA_BOOTSTRAP"):
        resolve_jars(tmp_path / "cache")


def test_what_maven_says_is_shown_and_nothing_half_done_stays(path_only: Path, tmp_path: Path) -> None:
    executable(path_only, "mvn", "echo '[ERROR] repository unreachable'; exit 1")
    with pytest.raises(KafkaUnavailable, match="repository unreachable"):
        resolve_jars(tmp_path / "cache")
    assert [each for each in (tmp_path / "cache").iterdir() if each.is_dir()] == []


FAKE_MAVEN = (
    'for word in "$@"; do case $word in -DoutputDirectory=*) out=${word#-DoutputDirectory=};; esac; done\n'
    "/bin/mkdir -p $out; echo jar > $out/kafka_2.13-4.3.1.jar; echo run >> $0.runs"
)


def test_second_resolution_uses_the_cache(path_only: Path, tmp_path: Path) -> None:
    executable(path_only, "mvn", FAKE_MAVEN)
    first = resolve_jars(tmp_path / "cache")
    second = resolve_jars(tmp_path / "cache")
    assert first == second
    assert (path_only / "mvn.runs").read_text() == "run\n"


def test_first_runs_at_once_run_maven_once(path_only: Path, tmp_path: Path) -> None:
    executable(path_only, "mvn", f"/bin/sleep 0.3\n{FAKE_MAVEN}")
    with ThreadPoolExecutor() as threads:
        folders = set(threads.map(resolve_jars, [tmp_path / "cache"] * 3))
    assert len(folders) == 1
    assert (path_only / "mvn.runs").read_text() == "run\n"


def test_changed_pom_is_resolved_anew(path_only: Path, tmp_path: Path) -> None:
    executable(path_only, "mvn", FAKE_MAVEN)
    pom = tmp_path / "pom.xml"
    pom.write_text("<project/>")
    first = resolve_jars(tmp_path / "cache", pom)
    pom.write_text("<project></project>")
    assert resolve_jars(tmp_path / "cache", pom) != first


def test_pom_pins_every_version_and_names_no_address() -> None:
    text = (KAFKA_FILES / "pom.xml").read_text()
    assert text.count("<version>") >= 3
    assert "LATEST" not in text
    assert "RELEASE" not in text
    assert "[" not in text
    assert "<repositories>" not in text
