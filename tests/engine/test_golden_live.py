"""The golden files of the live feed are current, complete, and folded rightly in Python."""

import json

import msgspec
import pytest

from tests.golden.make_live import FOLDER, files
from warmline.engine.codec import EVENTS
from warmline.engine.frames import fold
from warmline.engine.views import LiveState

NAMES = sorted(path.name for path in FOLDER.glob("*.json"))


def test_the_files_are_current():
    made = files()
    assert made.keys() == set(NAMES), "run python -m tests.golden.make_live"
    for name, text in made.items():
        assert (FOLDER / name).read_text(encoding="utf-8") == text, name


@pytest.mark.parametrize("name", NAMES)
def test_the_fold_arrives_at_a_fresh_snapshot(name):
    given = json.loads((FOLDER / name).read_text(encoding="utf-8"))
    state = fold(None, json.dumps(given["snapshot"]))
    for frame in given["frames"]:
        state = fold(state, json.dumps(frame))
    assert state == msgspec.convert(given["after"], LiveState)


def test_every_event_is_in_some_story():
    frames = [
        frame
        for name in NAMES
        for frame in json.loads((FOLDER / name).read_text(encoding="utf-8"))["frames"]
    ]
    told = {frame["event"]["name"] for frame in frames if frame["type"] == "event"}
    assert set(EVENTS) - told == set()
    assert {frame["type"] for frame in frames} == {"event", "enter", "leave"}
