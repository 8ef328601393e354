"""What strangers put into a text never runs: not in previews, not on the help page, not imported."""

from html.parser import HTMLParser

from hypothesis import given
from hypothesis import strategies as st

from tests.knowledge.conftest import Library
from warmline.knowledge.markdown import answer, from_html, html, plain

EVIL = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg><script>alert(1)</script></svg>",
    "[go](javascript:alert(1))",
    "![x](javascript:alert(1))",
    "<a href='java&#115;cript:alert(1)'>go</a>",
    "<iframe src='https://evil.example'></iframe>",
    "<style>body{display:none}</style>",
    "<form action='https://evil.example'><input name=q></form>",
    "<math><mtext></p><style><img src onerror=alert(1)>",
    "<div style='position:fixed' onclick=alert(1)>x</div>",
    "[go](<data:text/html;base64,PHNjcmlwdD4=>)",
    "<base href='https://evil.example'>",
    "<meta http-equiv=refresh content='0;url=https://evil.example'>",
]
OURS = {"meta", "style", "form", "input"}
"""What the page itself has."""
FORBIDDEN = {"script", "style", "iframe", "svg", "math", "form", "input", "base", "meta", "object"}


class Tags(HTMLParser):
    """What in a page would run, load or leave: tags, handlers, styles, addresses."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found += [tag] if tag in FORBIDDEN else []
        for name, value in attrs:
            scheme = (value or "").strip().partition(":")[0].lower()
            bad = name in {"href", "src"} and scheme in {"javascript", "data", "vbscript"}
            self.found += [name] if bad or name == "style" or name.startswith("on") else []


def runs(page: str) -> list[str]:
    tags = Tags()
    tags.feed(page)
    tags.close()
    return tags.found


def test_what_would_run_is_seen():
    assert runs("<p><script>x</script><b onclick=x>") == ["script", "onclick"]
    assert runs('<a href="javascript:x">') == ["href"]


def test_nothing_that_runs_comes_out():
    for evil in EVIL:
        assert runs(html(f"before {evil} after")) == [], evil
        assert runs(html(f"{evil}\n\nafter", beside=True)) == [], evil
        page = from_html(f"<html><body><h1>x</h1>{evil}</body></html>")
        assert runs(html(page)) == [], evil


@given(st.lists(st.sampled_from([*EVIL, "**", "`", "\n", "<", ">", "&lt;", "[", "](", "|"])))
def test_nothing_that_runs_comes_out_of_pieces_put_together(pieces):
    assert runs(html("".join(pieces))) == []


def test_links_open_beside_at_the_desk_and_here_on_the_help_page():
    assert 'target="_blank"' in html("[a](https://a.example)", beside=True)
    assert "target" not in html("[a](https://a.example)")


def test_what_is_inserted_is_plain_and_ends_before_the_first_heading():
    body = "Two **ways**:\n\n1. by post\n2. [here](https://a.example)\n\n## More\n\nLong story."
    assert answer(body) == "Two ways:\n\n1. by post\n2. here (https://a.example)"
    assert answer("# Only\n\na heading first") == "Only\n\na heading first"
    assert plain("| a | b |\n|---|---|\n| 1 | 2 |") == "a | b\n\n1 | 2"


async def test_a_preview_is_made_safe(library: Library):
    shown = await library.send("ann", "POST", "/knowledge/preview", {"body": f"*hi* {EVIL[0]}"})
    assert shown["html"].strip() == "<p><em>hi</em> </p>"


async def test_an_article_with_a_script_is_shown_without_it(library: Library):
    title = "<script>alert(1)</script>"
    await library.publish("evil", {"en": (title, "\n\n".join(EVIL))})
    for path in ("/help/en", "/help/en/evil", "/help/en?q=alert", "/help/en?q=<script>alert(1)"):
        page = await library.page(path)
        assert set(runs(page)) <= OURS, path
        assert page.count("<script") == 0, path
