"""Reading mails: charsets, names, files, shapes and limits."""

from __future__ import annotations

import base64

import pytest

from tests.channels.email.cases import file_part, head, mail, multipart, part
from warmline.channels.email.charset import decode
from warmline.channels.email.headers import addresses, date_ms, message_ids, parameters, words
from warmline.channels.email.mail import Address, Limits, Refusal, Refused
from warmline.channels.email.parse import parse, safe_filename

EVE = ("Eve", "eve@mail.example")


@pytest.mark.parametrize(
    ("text", "real", "label"),
    [
        ("ЗДРАВСТВУЙТЕ, ГДЕ МОЙ ЗАКАЗ", "cp1251", ""),
        ("ЗДРАВСТВУЙТЕ, ГДЕ МОЙ ЗАКАЗ", "koi8-r", "koi8-r"),
        ("Привет", "cp866", ""),
        ("да", "cp1251", ""),
        ("Привіт, де моє замовлення?", "koi8-u", "koi8-u"),
        ("Łódź", "iso8859-2", ""),
        ("proszę o zwrot 5 zł", "cp1250", "iso-8859-1"),
        ("España, niño pequeño", "latin-1", "iso-8859-1"),
        ("déjà vu, garçon, forêt", "latin-1", "iso-8859-1"),
        ("Grüße aus München", "latin-1", ""),
        ("Příliš žluťoučký kůň", "iso8859-2", "iso-8859-2"),
        ("Καλημέρα κόσμε", "iso8859-7", "iso-8859-7"),
        ("日本語", "iso2022_jp", "iso-2022-jp"),
        ("Привет", "utf-8", "koi8-r"),
        ("Привет", "utf-16", "utf-16"),
    ],
)
def test_words_are_read_in_the_charset_they_are_in(text: str, real: str, label: str):
    assert decode(text.encode(real), label)[0] == text


@pytest.mark.parametrize(
    "label", ["punycode", "zlib", "rot13", "unicode_escape", "undefined", "x\0y", "é", "mbcs"]
)
def test_labels_that_are_no_charset_are_not_obeyed(label: str):
    assert decode("Gdzie jest żółta łódź?".encode(), label)[0] == "Gdzie jest żółta łódź?"


def test_wrong_label_is_noted():
    found = parse(
        mail(
            head(EVE, "x"),
            b"Content-Type: text/plain; charset=us-ascii\n\n" + "Где заказ?".encode("cp1251"),
        )
    )
    assert found.text == "Где заказ?"
    assert found.problems == ("charset: said ascii, taken for cp1251",)


@pytest.mark.parametrize(
    ("header", "right"),
    [
        (b"=?utf-8?B?0J/RgA==?= =?utf-8?B?0LjQstC10YI=?=", "Привет"),
        (b"=?utf-8?B?0J/R?= =?utf-8?B?gNC40LLQtdGC?=", "Привет"),
        (b"=?UTF-8?Q?caf=C3?=\n =?UTF-8?Q?=A9_bar?=", "café bar"),
        (b"=?koi8-r*ru?B?8NLJ18XU?=", "Привет"),
        (b"Re: =?utf-8?Q?=C5=82=C3=B3d=C5=BA?= 17", "Re: łódź 17"),
        (b"=?utf-8?Q?a?= b =?utf-8?Q?c?=", "a b c"),
        (b"=?utf-8?B?0J/R!!gNC40LLQtdGC?=", "Привет"),
        (b"=?x-unknown?Q?=D0=B4=D0=B0?=", "да"),
        ("Привет".encode(), "Привет"),
        (b"a\xe2\x80\xaeb\x00c", "a b c"),
        (b"=?utf-8?Q?unfinished", "=?utf-8?Q?unfinished"),
    ],
)
def test_encoded_subjects(header: bytes, right: str):
    assert words(header) == right


@pytest.mark.parametrize(
    ("header", "right"),
    [
        (
            b'"Carter, John" <j@mail.example>, eve@mail.example',
            [("Carter, John", "j@mail.example"), ("", "eve@mail.example")],
        ),
        (b"j@MAIL.Example (John Carter)", [("John Carter", "j@mail.example")]),
        (b"undisclosed-recipients:;", []),
        (b"Team: a@x.example, b@x.example;", [("", "a@x.example"), ("", "b@x.example")]),
        (
            b"=?utf-8?B?" + base64.b64encode("Ян <jan@x.example>".encode()) + b"?=",
            [("Ян", "jan@x.example")],
        ),
        (b'"=?utf-8?Q?Jan_=C5=81?=" <jan@x.example>', [("Jan Ł", "jan@x.example")]),
        (b"'jan@x.example' <jan@x.example>", [("", "jan@x.example")]),
        (b'"unclosed <jan@x.example>', [("unclosed", "jan@x.example")]),
        (b"<mailto:jan@x.example>", [("", "jan@x.example")]),
        (b"Nobody", [("Nobody", "")]),
        (b'"a \\"b\\" c" <q@x.example>', [('a "b" c', "q@x.example")]),
        (b"", []),
    ],
)
def test_addresses(header: bytes, right: list[tuple[str, str]]):
    assert [(each.name, each.address) for each in addresses(header)] == right


@pytest.mark.parametrize(
    ("header", "right"),
    [
        (b"Mon, 3 Nov 2025 12:40:00 +0300", 1_762_162_800_000),
        (b"3 Nov 25 12:40 MSK", 1_762_162_800_000),
        (b"Mon, 03 Nov 2025 09:40:00 GMT (UTC)", 1_762_162_800_000),
        (b"Mon, 3 Nov 2025 09:40:00 -0000", 1_762_162_800_000),
        (b"yesterday", None),
        (b"32 Nov 2025 10:00 +0000", None),
        (b"3 Xyz 2025 10:00 +0000", None),
        (b"3 Nov 2025 10:00 +9999", 1_762_164_000_000),
    ],
)
def test_dates(header: bytes, right: int | None):
    assert date_ms(header) == right


def test_message_ids_are_taken_once_and_without_their_surroundings():
    assert message_ids(b"<a@x> junk <b@x>\n <a@x>") == ("<a@x>", "<b@x>")
    assert message_ids(b"bare@x.example") == ("<bare@x.example>",)
    assert message_ids(b"no id here") == ()


def test_parameters_in_their_three_forms():
    assert parameters(b'text/plain; charset="utf-8"; format=flowed') == (
        "text/plain",
        {"charset": "utf-8", "format": "flowed"},
    )
    assert parameters(b"a; name*0*=koi8-r'ru'%F0%D2; name*1*=%C9.txt; name*2=x")[1] == {
        "name": "При.txtx"
    }
    assert parameters(b"a; filename=my file.pdf; size=3")[1] == {
        "filename": "my file.pdf",
        "size": "3",
    }


@pytest.mark.parametrize(
    ("wanted", "right"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\x\\bill.pdf", "bill.pdf"),
        ("con", "_con"),
        ("LPT1.txt", "_LPT1.txt"),
        ("a\u202efdp.exe", "a fdp.exe"),
        ("...", "attachment-3.pdf"),
        ("", "attachment-3.pdf"),
        ('a"<b>|c?.txt', "a__b__c_.txt"),
    ],
)
def test_file_names_are_safe(wanted: str, right: str):
    assert safe_filename(wanted, "application/pdf", 3) == right


def test_long_file_names_keep_their_extension():
    name = safe_filename("ж" * 400 + ".docx", "application/octet-stream", 1)
    assert name.endswith("ж.docx")
    assert len(name.encode()) <= 181


def test_html_alone_gives_text_and_keeps_the_html():
    found = parse(mail(head(EVE, "x"), part("<p>One<br>two</p><ul><li>three</ul>", "text/html")))
    assert found.text == "One\ntwo\n\n• three"
    assert found.html is not None
    assert "<li>three" in found.html


def test_picture_shown_in_the_html_is_inline_and_another_is_not():
    body = multipart(
        "related", "r",
        part('<img src="cid:shown@x">', "text/html"),
        file_part(b"1", "Content-Type: image/png\nContent-ID: <shown@x>"),
        file_part(b"2", "Content-Type: image/png; name=b.png\nContent-Disposition: attachment\nContent-ID: <other@x>"),
    )  # fmt: skip
    found = parse(mail(head(EVE, "x"), body))
    assert [(file.content, file.inline) for file in found.attachments] == [
        (b"1", True),
        (b"2", False),
    ]


def test_first_of_several_headers_counts():
    found = parse(
        b"From: a@x.example\nFrom: b@x.example\nSubject: one\nSubject: two\nTo: c@x.example\nTo: d@x.example\n\nhi"
    )
    assert found.sender == Address(name="", address="a@x.example")
    assert found.subject == "one"
    assert [each.address for each in found.to] == ["c@x.example", "d@x.example"]


def test_body_without_a_blank_line_before_it_is_not_lost():
    assert (
        parse(b"From: a@x.example\nSubject: x\nthis is no header\nmore\n").text
        == "this is no header\nmore"
    )


def test_multipart_without_boundary_parameter_is_still_read():
    raw = b"From: a@x.example\nContent-Type: multipart/mixed\n\n--abcdef\nContent-Type: text/plain\n\nhello\n--abcdef--\n"
    assert parse(raw).text == "hello"


def test_glued_base64_is_read_to_the_end():
    body = (
        b"Content-Type: text/plain\nContent-Transfer-Encoding: base64\n\n"
        + base64.b64encode(b"one ")
        + b"\n"
        + base64.b64encode(b"two")
    )
    assert parse(b"From: a@x.example\n" + body).text == "one two"


def test_endless_text_is_cut_and_kept_as_a_file():
    found = parse(b"From: a@x.example\n\n" + b"word " * 1_000, Limits(text_bytes=100))
    assert len(found.text) <= 100
    assert len(found.attachments[0].content) == 5_000
    assert found.problems == ("the text is cut; all of it is kept as a file",)


def _nested(depth: int) -> bytes:
    return b"From: a@x.example\n" + b"".join(
        b'Content-Type: multipart/mixed; boundary="n%d"\n\n--n%d\n' % (each, each)
        for each in range(depth)
    )


@pytest.mark.parametrize(
    ("raw", "limits", "code"),
    [
        (b"From: a@x.example\n\n" + b"x" * 2_000, Limits(mail_bytes=1_000), Refusal.TOO_LARGE),
        (
            b"From: a@x.example\nSubject: " + b"x" * 2_000 + b"\n\nhi",
            Limits(header_bytes=1_000),
            Refusal.HEADER_TOO_LARGE,
        ),
        (
            b"From: a@x.example\n" + b"X: y\n" * 2_000 + b"\nhi",
            Limits(header_bytes=1_000),
            Refusal.HEADER_TOO_LARGE,
        ),
        (_nested(40), Limits(), Refusal.TOO_DEEP),
        (
            b'From: a@x.example\nContent-Type: multipart/mixed; boundary="n"\n\n'
            + b"--n\n\nx\n" * 400,
            Limits(),
            Refusal.TOO_MANY_PARTS,
        ),
        (_nested(20) + b"x" * 900_000, Limits(mail_bytes=1_000_000), Refusal.TOO_DEEP),
        (b"", Limits(), Refusal.NOT_A_MAIL),
        (b"GET / HTTP/1.1\nHost: x\n\n", Limits(), Refusal.NOT_A_MAIL),
        (b"\x00\xff" * 500, Limits(), Refusal.NOT_A_MAIL),
    ],
)
def test_what_is_over_a_limit_is_refused_with_its_reason(raw: bytes, limits: Limits, code: Refusal):
    with pytest.raises(Refused) as refused:
        parse(raw, limits)
    assert refused.value.code is code
    assert refused.value.message


def test_25_megabytes_are_read_and_one_byte_more_is_not():
    top = b"From: a@x.example\nContent-Type: application/pdf\n\n"
    raw = top + b"x" * (25 * 1024 * 1024 - len(top))
    assert len(parse(raw).attachments[0].content) == len(raw) - len(top)
    with pytest.raises(Refused):
        parse(raw + b"x")
