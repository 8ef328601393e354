"""Which files customers and agents may send."""

import pytest
from fastapi import HTTPException
from hypothesis import given
from hypothesis import strategies as st

from warmline.channels.files import KINDS, NAME_LIMIT_CHARS, Untaken, safe_name, take
from warmline.core.words import Malformed

REAL = {
    "png": b"\x89PNG\r\n\x1a\n....",
    "jpg": b"\xff\xd8\xff\xe0....",
    "jpeg": b"\xff\xd8\xff\xe0....",
    "gif": b"GIF89a....",
    "webp": b"RIFF\x00\x00\x00\x00WEBP....",
    "heic": b"\x00\x00\x00\x18ftypheic....",
    "pdf": b"%PDF-1.7\n....",
    "txt": "Zażółć gęślą jaźń\n".encode(),
    "csv": b"a;b\r\n1;2\r\n",
    "docx": b"PK\x03\x04....word/document.xml",
    "xlsx": b"PK\x03\x04....xl/workbook.xml",
    "odt": b"PK\x03\x04....mimetypeapplication/vnd.oasis.opendocument.text",
    "ods": b"PK\x03\x04....mimetypeapplication/vnd.oasis.opendocument.spreadsheet",
    "zip": b"PK\x03\x04....",
    "mp3": b"ID3\x04....",
    "mp4": b"\x00\x00\x00\x18ftypisom....",
}


def test_every_kind_has_an_example_here():
    assert set(REAL) == set(KINDS)


@pytest.mark.parametrize("ending", REAL)
def test_real_files_are_taken_under_our_own_type(ending: str):
    name, media_type = take(f"file.{ending.upper()}", REAL[ending])
    assert media_type == KINDS[ending].media_type
    assert name == f"file.{ending.upper()}"


@pytest.mark.parametrize("ending", REAL)
def test_a_program_is_refused_whatever_it_is_called(ending: str):
    with pytest.raises(Untaken) as refused:
        take(f"file.{ending}", b"MZ\x90\x00\x03\x00\x00\x00")
    assert refused.value.status_code == 415
    assert isinstance(refused.value, HTTPException)


def test_a_file_without_name_or_content_is_malformed():
    for name, content in (("", b"x"), ("a.txt", b"")):
        with pytest.raises(Malformed):
            take(name, content)


@pytest.mark.parametrize(
    ("given_name", "name"),
    [
        ("../../etc/passwd.txt", "passwd.txt"),
        ("C:\\Users\\me\\photo.png", "photo.png"),
        ("photo\u202egnp.exe", "photognp.exe"),
        ("  .hidden.txt ", "hidden.txt"),
        ('a"b\r\nX: y.txt', "abX y.txt"),
        ("faktura żółta.pdf", "faktura żółta.pdf"),
    ],
)
def test_names_are_made_safe(given_name: str, name: str):
    assert safe_name(given_name) == name


@given(st.text())
def test_any_name_becomes_a_safe_one(text: str):
    name = safe_name(text)
    assert len(name) <= NAME_LIMIT_CHARS
    assert not set(name) & set('/\\\r\n\x00"')


@given(st.text(max_size=20), st.binary(max_size=200))
def test_any_file_is_taken_or_refused(name: str, content: bytes):
    try:
        _, media_type = take(name, content)
    except (Untaken, Malformed):
        return
    assert "html" not in media_type
