import httpx
import pytest

from tests.services.ports import listens
from tests.services.server import running_server


def test_a_killed_server_serves_again_on_the_same_address(server):
    first = server.pid
    server.restart()
    assert server.pid != first
    assert httpx.get(f"{server.url}/healthz").status_code == 200
    assert server.stop() == 0
    assert not listens(server.port)


def test_a_server_that_cannot_start_says_why(tmp_path):
    no_folder = tmp_path / "file"
    no_folder.write_text("this is a file, not a folder")
    with pytest.raises(RuntimeError, match="ended at once") as failed, running_server(no_folder):
        pass
    said = str(failed.value).partition("ended at once")[2]
    assert str(no_folder) in said
    assert "Traceback" not in said
