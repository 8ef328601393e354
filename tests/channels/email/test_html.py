"""HTML of strangers: nothing runs, nothing is fetched, the words stay."""

from __future__ import annotations

import pytest

from warmline.channels.email.html import clean, to_text


@pytest.mark.parametrize(
    "hostile",
    [
        "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "<svg onload=alert(1)><script>1</script></svg>",
        "<iframe src=https://bad.example></iframe>", "<form action=https://bad.example><input name=a><button>b</button></form>",
        "<a href='javascript:alert(1)'>x</a>", "<a href='  jAvA\tscript:alert(1)'>x</a>", "<a href='data:text/html,<script>1</script>'>x</a>",
        "<style>*{background:url(https://bad.example)}</style>", "<link rel=stylesheet href=https://bad.example>", "<base href=https://bad.example>",
        "<meta http-equiv=refresh content='0;url=https://bad.example'>", "<div style='background:url(https://bad.example)'>x</div>",
        "<div style='background-image:url(https://bad.example);position:fixed;top:0'>x</div>", "<td background=https://bad.example>x</td>",
        "<video src=https://bad.example poster=https://bad.example></video>", "<img srcset='https://bad.example 2x'>", "<object data=https://bad.example></object>",
        "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)></style></mglyph></table></mtext></math>",
        "<noscript><p title='</noscript><img src=x onerror=alert(1)>'></noscript>", "<img src='data:image/svg+xml,<svg onload=alert(1)>'>",
        "<p style='color:expression(alert(1))'>x</p>", "<a href='vbscript:x'>x</a>", "<img src='//bad.example/p.gif'>",
    ],
)  # fmt: skip
def test_hostile_html_is_harmless(hostile: str):
    safe = clean(f"<p>before</p>{hostile}<p>after</p>").html.lower()
    for word in (
        "script",
        "onerror",
        "onload",
        "<form",
        "<input",
        "<iframe",
        "<style",
        "<link",
        "<meta",
        "<base",
        "bad.example",
        "fixed",
        "expression",
        "<svg",
        "<object",
    ):
        assert word not in safe
    assert "before" in safe


def test_remote_pictures_wait_and_pictures_of_the_mail_are_marked():
    found = clean(
        '<img src="https://x.example/a.png?a=1&b=2" width="10" alt="A"><img src="cid:p1@mail"><img src="http://x.example/t.gif">'
    )
    assert found.remote_images == 2
    assert 'data-remote-src="https://x.example/a.png?a=1&amp;b=2"' in found.html
    assert 'data-cid="p1@mail"' in found.html
    assert " src=" not in found.html


def test_small_picture_inside_the_html_is_shown():
    found = clean('<img src="data:image/png;base64,iVBORw0KGgo=">')
    assert 'src="data:image/png;base64,iVBORw0KGgo="' in found.html
    assert found.remote_images == 0


def test_links_open_elsewhere_and_tell_nothing():
    found = clean('<a href="https://x.example" target="_self" rel="opener">x</a>').html
    assert 'rel="noopener noreferrer"' in found
    assert 'target="_blank"' in found
    assert clean('<a href="mailto:a@x.example">x</a>').html.startswith(
        '<a href="mailto:a@x.example"'
    )


def test_look_of_words_stays():
    assert 'style="color:red"' in clean('<span style="color:red; position:absolute">x</span>').html
    laid_out = '<p style="margin-top:1px;text-align:center;border-left:2px">x</p>'
    assert clean(laid_out).html == laid_out
    assert "<blockquote>" in clean("<blockquote>x</blockquote>").html


def test_attribute_that_looks_like_a_picture_is_left_alone():
    found = clean("""<p title='<img src="https://x.example/a.png">'>x</p>""")
    assert found.remote_images == 0


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("a<br>b", "a\nb"),
        ("<p>a</p><p>b</p>", "a\n\nb"),
        ("<div>a</div><div>b</div>", "a\nb"),
        ("<div>a<div><div>b</div></div></div>", "a\nb"),
        ("a &lt;b&gt; &amp;amp; c&nbsp;d", "a <b> &amp; c d"),
        ("<blockquote>a<br>b</blockquote>c", "> a\n> b\nc"),
        ("<blockquote>a<blockquote>b</blockquote></blockquote>", "> a\n>> b"),
        ("<ul><li>a</li><li>b</li></ul>", "• a\n• b"),
        ("<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>", "a b\nc"),
        ("<pre>a\n  b</pre>", "a\n  b"),
        ('<a href="https://x.example/q">here</a>', "here (https://x.example/q)"),
        ('<a href="https://x.example/">x.example</a>', "x.example"),
        ("<style>p{}</style><title>t</title>a<script>b</script>", "a"),
        ("  a\n   b  ", "a b"),
        ("", ""),
    ],
)
def test_text_of_html(html: str, text: str):
    assert to_text(html) == text


def test_html_beyond_reason_comes_as_its_words():
    deep = "<div>" * 5_000 + "the words &amp; more"
    assert clean(deep).html == "<pre>the words &amp; more</pre>"
    assert to_text(deep) == "the words & more"
