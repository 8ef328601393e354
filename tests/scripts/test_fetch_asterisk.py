import os
import subprocess
import sys
from pathlib import Path

import pytest

from scripts import fetch_asterisk as fetch

MIRROR = "http://mirror.example/debian"


@pytest.fixture
def apt(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(fetch, "SOURCES", tmp_path)
    monkeypatch.delenv("WARMLINE_DEBIAN_MIRROR", raising=False)
    (tmp_path / "sources.list.d").mkdir()
    return tmp_path


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("sources.list", f"# http://old.example/debian\ndeb {MIRROR} bookworm main\n"),
        ("sources.list", f"deb [arch=amd64] {MIRROR} bookworm main\n"),
        ("sources.list.d/debian.sources", f"Types: deb\nURIs: {MIRROR}\nSuites: bookworm\n"),
    ],
)
def test_the_mirror_is_the_one_of_the_machine(apt: Path, name: str, text: str):
    other = "deb http://other.example/debian-security bookworm-security main\n"
    (apt / "sources.list.d" / "another.list").write_text(other)
    (apt / name).write_text(text)
    assert fetch.mirror() == MIRROR


def test_a_machine_of_another_kind_says_what_to_do(apt: Path):
    (apt / "sources.list").write_text("deb http://mirror.example/ubuntu noble main\n")
    with pytest.raises(fetch.NotFetched, match="WARMLINE_DEBIAN_MIRROR"):
        fetch.mirror()


def test_what_cannot_be_fetched_fails_and_leaves_nothing(tmp_path: Path):
    done = subprocess.run(
        [sys.executable, fetch.__file__],
        env={
            **os.environ,
            "XDG_CACHE_HOME": str(tmp_path),
            "WARMLINE_DEBIAN_MIRROR": f"file://{tmp_path}/no-mirror",
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "cannot be fetched" in done.stderr
    assert [file.name for file in (tmp_path / "warmline").iterdir()] == ["asterisk.lock"]
