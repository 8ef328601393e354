import importlib.util
import os
import sys

import pytest

from scripts import setup


@pytest.fixture
def clone(tmp_path, monkeypatch):
    """A copy of the source that was never set up."""
    (tmp_path / "pyproject.toml").write_text("[project]\n")
    (tmp_path / "requirements.lock").write_text("thing==1\n")
    (tmp_path / ".venv" / "bin").mkdir(parents=True)
    (tmp_path / "ui" / "src").mkdir(parents=True)
    (tmp_path / "ui" / "src" / "main.ts").write_text("export {}\n")
    (tmp_path / "ui" / "dist").mkdir()
    monkeypatch.setattr(setup, "ROOT", tmp_path)
    monkeypatch.setattr(setup, "VENV", tmp_path / ".venv")
    monkeypatch.setattr(setup, "PYTHON", tmp_path / ".venv" / "bin" / "python")
    monkeypatch.setattr(setup, "UI", tmp_path / "ui")
    monkeypatch.setattr(setup, "UI_BUILT", tmp_path / "ui" / "dist" / "index.html")
    monkeypatch.setattr(setup, "UI_STAMP", tmp_path / ".venv" / ".screens-built")
    return tmp_path


def test_an_old_python_is_named_with_the_one_that_is_needed(monkeypatch, capsys):
    monkeypatch.setattr(sys, "version_info", (3, 9, 2))
    monkeypatch.setenv("PATH", "")
    with pytest.raises(SystemExit) as ended:
        setup.use_new_enough_python()
    assert ended.value.code == 1
    assert "Python 3.11 or newer is needed; this is 3.9" in capsys.readouterr().err


def test_a_python_without_venv_names_the_package_that_brings_it(clone, monkeypatch, capsys):
    (clone / ".venv" / "bin").rmdir()
    (clone / ".venv").rmdir()
    monkeypatch.setenv("PATH", "")
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(SystemExit):
        setup.make_environment()
    package = f"python{sys.version_info[0]}.{sys.version_info[1]}-venv"
    assert f"apt-get install {package}" in capsys.readouterr().err


def test_an_unknown_word_is_refused_with_the_usage(capsys):
    with pytest.raises(SystemExit):
        setup.main(["--everything"])
    assert "Unknown: --everything" in capsys.readouterr().err


def test_a_failed_step_says_what_failed(capfd):
    with pytest.raises(SystemExit):
        setup.do("Counting", [sys.executable, "-c", "raise SystemExit(3)"])
    assert "Counting failed" in capfd.readouterr().err


def test_a_changed_lock_or_project_is_installed_again(clone):
    lock = clone / "requirements.lock"
    assert not setup.is_installed(lock)
    setup.stamp(lock).write_text(setup.fingerprint(lock))
    assert setup.is_installed(lock)
    for file in (lock, clone / "pyproject.toml"):
        before = file.read_text()
        file.write_text(before + "# changed\n")
        assert not setup.is_installed(lock)
        file.write_text(before)
    assert setup.is_installed(lock)


def shift(path, seconds):
    """Makes a path older or younger than it is."""
    changed = path.stat().st_mtime + seconds
    os.utime(path, (changed, changed))


def test_screens_are_built_again_when_a_source_changed_or_went(clone):
    source = clone / "ui" / "src" / "main.ts"
    assert not setup.ui_is_fresh(), "never built"
    setup.UI_BUILT.write_text("<!doctype html>\n")
    assert not setup.ui_is_fresh(), "built, but nobody knows whether to the end"
    for old in (source, source.parent, clone / "ui"):
        shift(old, -10)
    setup.UI_STAMP.touch()
    assert setup.ui_is_fresh()
    source.write_text("export const changed = true\n")
    shift(source, 5)
    assert not setup.ui_is_fresh(), "a source is younger"
    source.unlink()
    shift(source.parent, 5)
    assert not setup.ui_is_fresh(), "a source went away"


def test_a_machine_without_apt_goes_on_without_a_voice(monkeypatch, capsys):
    monkeypatch.setattr(setup.shutil, "which", lambda name: None)
    assert setup.begin_voice() is None
    setup.wait_for_voice(None)
    assert capsys.readouterr().out == ""


def test_a_voice_that_cannot_be_fetched_is_told_and_stops_nothing(monkeypatch, tmp_path, capsys):
    monkeypatch.setattr(setup.shutil, "which", lambda name: name if name == "apt-get" else None)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setenv("PATH", str(tmp_path))
    fetching = setup.begin_voice()
    assert fetching is not None
    setup.wait_for_voice(fetching)
    assert "espeak-ng" in capsys.readouterr().out
