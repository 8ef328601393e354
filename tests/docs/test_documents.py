import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGES = [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").rglob("*.md"))]
LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)]*)?\)")
PART = re.compile(r"\]\(([^)#\s]*)#([^)]*)\)")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_leads_to_a_file(page):
    links = [link for link in LINK.findall(page.read_text()) if "://" not in link]
    assert [link for link in links if not (page.parent / link).exists()] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_to_a_part_of_a_page_leads_to_its_heading(page):
    for target, part in PART.findall(page.read_text()):
        if "://" in target:
            continue
        text = (page.parent / target if target else page).read_text()
        headings = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
        assert part in {re.sub(r"[^\w -]", "", one.lower()).replace(" ", "-") for one in headings}


def test_every_decision_is_listed_and_complete():
    index = (ROOT / "docs" / "index.md").read_text()
    decisions = sorted((ROOT / "docs" / "adr").glob("*.md"))
    assert decisions
    for decision in decisions:
        text = decision.read_text()
        assert f"adr/{decision.name}" in index
        for part in ("Status: ", "## Context", "## Decision", "## Rejected", "## Revisit when"):
            assert part in text, f"{decision.name} says nothing under {part!r}"


def test_every_name_of_code_in_the_glossary_exists():
    glossary = (ROOT / "docs" / "glossary.md").read_text()
    source = "\n".join(path.read_text() for path in (ROOT / "src").rglob("*.py"))
    names = set(re.findall(r"`([A-Z][A-Za-z]+)`", glossary))
    assert names
    assert {name for name in names if not re.search(rf"\b{name}\b", source)} == set()
