"""One process at a time works in a data folder, and nobody else may look inside."""

import stat
import subprocess
import sys
from pathlib import Path

import pytest

from warmline.storage.folder import Unusable, data_folder

TAKE = "import sys; from pathlib import Path; from warmline.storage.folder import data_folder\n"


def test_the_folder_is_made_for_its_owner_alone(tmp_path: Path):
    with data_folder(tmp_path / "deep" / "data") as folder:
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_a_second_process_is_refused_and_may_come_when_the_first_is_gone(tmp_path: Path):
    script = TAKE + "with data_folder(Path(sys.argv[1])): print('mine')"
    words = [sys.executable, "-c", script, str(tmp_path)]
    with data_folder(tmp_path):
        second = subprocess.run(words, check=False, capture_output=True, text=True)
    assert second.returncode != 0
    assert "Another Warmline works in" in second.stderr
    third = subprocess.run(words, check=False, capture_output=True, text=True)
    assert third.stdout == "mine\n"


def test_a_file_is_no_folder(tmp_path: Path):
    (tmp_path / "file").write_text("")
    with pytest.raises(Unusable, match="is a file"), data_folder(tmp_path / "file"):
        pass
