"""What the pages say of simulating and replaying is read as they say, and the picture shows it."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

from scripts.draw_replay import picture
from warmline.sim.reading import convert, model_of, parse
from warmline.sim.records import Columns

DOCS = Path(__file__).resolve().parents[2] / "docs"


def example(page: str) -> dict[str, Any]:
    """The first YAML on a page."""
    text = (DOCS / page).read_text(encoding="utf-8")
    return parse(text.partition("```yaml\n")[2].partition("```")[0])


def test_the_model_of_the_page_is_a_model():
    assert model_of(example("how-to/simulate-a-day.md")).agents["billers"].count == 12


def test_the_mapping_of_the_page_is_a_mapping():
    columns = convert(example("how-to/replay-a-day.md"), Columns, "")
    assert columns.priority.values["2"].head_start_s == 60


def replayed() -> dict[str, Any]:
    """As `warmline replay --json` says it, for two days."""
    days = {
        "1999-01-03": {"arrivals": 2_000, "served": 1_900, "abandoned": 100},
        "1999-01-04": {"arrivals": 400, "served": 300, "abandoned": 100},
    }
    again = [
        {
            "answered": {"mean": 1_880.0, "ci95": [1_870.0, 1_890.0]},
            "abandoned": {"mean": 120.0, "ci95": [110.0, 130.0]},
        },
        {"answered": {"mean": 320.0, "ci95": None}, "abandoned": {"mean": 80.0, "ci95": None}},
    ]
    policies = {"default": {"days": again}}
    return {"name": "A <bank>", "seeds": 3, "record": {"days": days}, "policies": policies}


def test_the_picture_has_every_day_at_its_height():
    svg = ET.fromstring(picture(replayed(), "default"))
    parts = list(svg)
    heights = [float(one.get("height", 0)) for one in parts if one.get("class") == "record"]
    assert len(heights) == 3, "the legend and two days"
    assert heights[1] / heights[2] == 1_900 / 300
    first, second = (float(one.get("cy", 0)) for one in parts if one.tag.endswith("circle"))
    assert second < first, "a fifth stands above 6 %"
    spans = [one for one in parts if one.get("class") == "span"]
    assert len(spans) == 1, "one seed has no interval"
    assert "A <bank>: the record and the replay" in [one.text for one in parts]
