"""What every store of files promises."""

import hashlib

import pytest

from warmline.core.words import Malformed
from warmline.ports import Unavailable
from warmline.storage.blobs import FolderBlobs


@pytest.fixture
def blobs(tmp_path):
    return FolderBlobs(tmp_path / "blobs", limit_bytes=1000)


async def test_the_key_is_the_content(blobs, tmp_path):
    key = await blobs.put(b"picture")
    assert key == hashlib.sha256(b"picture").hexdigest()
    assert await blobs.put(b"picture") == key
    assert await blobs.get(key) == b"picture"
    files = [path.name for path in (tmp_path / "blobs").rglob("*") if path.is_file()]
    assert files == [key]


async def test_what_is_removed_is_gone_and_removing_twice_is_once(blobs):
    key = await blobs.put(b"")
    await blobs.remove(key)
    await blobs.remove(key)
    with pytest.raises(KeyError):
        await blobs.get(key)


@pytest.mark.parametrize("key", ["", "../../etc/passwd", "A" * 64, "a" * 63, "a" * 64 + "\n"])
async def test_only_keys_are_looked_up(blobs, key):
    with pytest.raises(KeyError):
        await blobs.get(key)


async def test_a_file_over_the_limit_is_malformed(blobs):
    with pytest.raises(Malformed):
        await blobs.put(b"x" * 1001)


async def test_a_folder_that_cannot_be_written_says_unavailable(blobs, tmp_path):
    (tmp_path / "blobs").write_text("a file where the folder should be")
    with pytest.raises(Unavailable):
        await blobs.put(b"picture")
