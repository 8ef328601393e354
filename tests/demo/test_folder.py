"""The demonstration fills and empties only folders of its own."""

import pytest

from warmline.demo import folder
from warmline.storage.folder import LOCK


def test_an_empty_folder_is_filled_once(tmp_path):
    data = tmp_path / "new"
    data.mkdir()
    assert folder.prepare(data, reset=False)
    (data / "warmline.db").touch()
    folder.is_ready(data)
    assert not folder.prepare(data, reset=False)
    assert (data / "warmline.db").exists()


def test_a_folder_of_a_real_center_is_left_alone(tmp_path):
    (tmp_path / "warmline.db").touch()
    for reset in (False, True):
        with pytest.raises(folder.NotOurs, match="not made by the demonstration"):
            folder.prepare(tmp_path, reset=reset)
    assert [path.name for path in tmp_path.iterdir()] == ["warmline.db"]


def test_reset_empties_all_but_the_lock_and_fills_again(tmp_path):
    folder.prepare(tmp_path, reset=False)
    folder.is_ready(tmp_path)
    (tmp_path / LOCK).touch()
    (tmp_path / "warmline.db").touch()
    (tmp_path / "blobs").mkdir()
    (tmp_path / "blobs" / "one").touch()
    assert folder.prepare(tmp_path, reset=True)
    assert sorted(path.name for path in tmp_path.iterdir()) == [folder.MARKER, LOCK]


def test_a_broken_filling_begins_again(tmp_path):
    folder.prepare(tmp_path, reset=False)
    (tmp_path / "warmline.db").touch()
    assert folder.prepare(tmp_path, reset=False)
    assert not (tmp_path / "warmline.db").exists()


def test_a_link_inside_is_removed_and_what_it_leads_to_stays(tmp_path):
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "kept").touch()
    data = tmp_path / "data"
    data.mkdir()
    folder.prepare(data, reset=False)
    (data / "link").symlink_to(elsewhere, target_is_directory=True)
    folder.prepare(data, reset=True)
    assert (elsewhere / "kept").exists()
