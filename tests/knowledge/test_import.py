"""Articles brought as files: looked at first, faults by file and field, then taken once."""

import pytest

from tests.knowledge.conftest import Library
from warmline.core.words import Malformed
from warmline.knowledge.importing import File, Usual, parse
from warmline.knowledge.model import Audience

USUAL = Usual(language="en", audience=Audience.AGENT)
MARKDOWN = """---
id: returns
language: pl
audience: customer
tags: [Zwroty, paczka]
review: 2027-01-31
---

# Zwrot towaru

Towar można zwrócić w ciągu 30 dni.
"""
PAGE = """<html lang="ru"><head><title>Помощь</title><meta name="tags" content="возврат, деньги">
<script>alert(1)</script></head><body><h1>Возврат товара</h1>
<p>Вернуть можно за <b>30 дней</b>.<script>alert(2)</script></p></body></html>"""


def body(*files: tuple[str, str], **more) -> dict:
    return {"files": [{"name": name, "text": text} for name, text in files], **more}


def test_markdown_with_front_matter_is_read():
    parsed = parse(File(name="zwroty.pl.md", text=MARKDOWN), USUAL)
    assert (parsed.id, parsed.audience, parsed.words.language) == ("returns", "customer", "pl")
    assert (parsed.words.title, list(parsed.tags)) == ("Zwrot towaru", ["paczka", "zwroty"])
    assert parsed.words.body.strip() == "Towar można zwrócić w ciągu 30 dni."
    assert parsed.review_at == 1_801_353_600_000


def test_a_page_is_read_with_its_language_title_and_tags_and_no_script():
    parsed = parse(File(name="help/Возврат returns.html", text=PAGE), USUAL)
    assert (parsed.id, parsed.words.language) == ("returns", "ru")
    assert (parsed.words.title, list(parsed.tags)) == ("Возврат товара", ["возврат", "деньги"])
    assert parsed.words.body == "Вернуть можно за **30 дней**."


@pytest.mark.parametrize(
    ("name", "text", "field", "code"),
    [
        ("a.txt", "# A\n\nb", "name", "wrong_form"),
        ("a.md", "no heading at all", "title", "empty"),
        ("a.md", "# A\n", "body", "empty"),
        ("a.md", "---\nlanguage: russian!\n---\n# A\n\nb", "language", "no_language"),
        ("a.md", "---\naudience: all\n---\n# A\n\nb", "audience", "not_one_of"),
        ("a.md", "---\nreview: soon\n---\n# A\n\nb", "review", "no_date"),
        ("a.md", "---\ntags: {a: b}\n---\n# A\n\nb", "tags", "wrong_type"),
        ("a.md", "---\ntitle: [x\n---\nb", "front_matter", "wrong_form"),
        ("a.md", "---\na: &x [1]\nb: *x\n---\nb", "front_matter", "wrong_form"),
        ("a.md", "---\n- a\n---\nb", "front_matter", "wrong_type"),
        ("a.md", "---\ncolour: red\n---\n# A\n\nb", "colour", "unknown_field"),
        ("-.md", "# A\n\nb", "id", "wrong_form"),
        ("a.html", "<p>no title</p>", "title", "empty"),
    ],
)
def test_what_is_wrong_in_a_file_is_said(name, text, field, code):
    with pytest.raises(Malformed) as fault:
        parse(File(name=name, text=text), USUAL)
    assert (fault.value.field, fault.value.code) == (field, code)


async def test_files_are_looked_at_first_and_taken_once(library: Library):
    files = (("zwroty.md", MARKDOWN), ("returns.html", PAGE), ("broken.md", "nothing"))
    looked = await library.send("sue", "POST", "/knowledge/import", body(*files))
    assert [one["outcome"] for one in looked["files"]] == ["new", "new", "fault"]
    assert looked["files"][2]["fault"]["field"] == "title"
    assert (await library.send("sue", "GET", "/articles"))["articles"] == []
    given = body(*files, dry=False, publish=True, audience="customer")
    taken = await library.send("sue", "POST", "/knowledge/import", given)
    assert taken["files"] == looked["files"]
    assert await library.found("zwrot") == ["Zwrot towaru"]
    (head,) = (await library.send("sue", "GET", "/articles"))["articles"]
    assert head["tags"] == ["paczka", "zwroty", "возврат", "деньги"]
    assert [(one["language"], one["published"]) for one in head["texts"]] == [("ru", 1), ("pl", 1)]
    again = await library.send("sue", "POST", "/knowledge/import", given)
    assert [one["outcome"] for one in again["files"]] == ["same", "same", "fault"]
    newer = body(("zwroty.md", MARKDOWN.replace("30", "14")), dry=False, publish=True)
    changed = await library.send("sue", "POST", "/knowledge/import", newer)
    assert [one["outcome"] for one in changed["files"]] == ["changed"]
    assert "14 dni" in await library.page("/help/pl/returns")


async def test_the_same_article_twice_in_one_import_is_a_fault(library: Library):
    given = body(("a.md", MARKDOWN), ("b.md", MARKDOWN))
    answer = await library.send("sue", "POST", "/knowledge/import", given)
    assert [one["outcome"] for one in answer["files"]] == ["new", "fault"]
    assert answer["files"][1]["fault"]["code"] == "twice"


async def test_what_is_imported_waits_for_another_where_the_site_asks_it(library: Library):
    await library.send(
        "ada", "PUT", "/knowledge/rules", {"other_approves": True, "review_days": 90}
    )
    given = body(("zwroty.md", MARKDOWN), dry=False, publish=True)
    await library.send("sue", "POST", "/knowledge/import", given)
    assert await library.found("zwrot") == []
    await library.move("ada", "returns", "pl", "published")
    assert await library.found("zwrot") == ["Zwrot towaru"]


async def test_agents_bring_no_files(library: Library):
    await library.send("ann", "POST", "/knowledge/import", body(("a.md", MARKDOWN)), fits=403)
