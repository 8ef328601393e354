"""How files leave us: shown in the page when nothing in them can run, else downloaded."""

import unicodedata
from typing import Protocol
from urllib.parse import quote

SHOWN = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})
"""Everything else is downloaded, also text and PDF: a browser must not guess what it is."""
NAME_LIMIT_CHARS = 200


class Taking(Protocol):
    """Looks at an uploaded file: its safe name and its media type, or a refusal."""

    def __call__(self, name: str, content: bytes) -> tuple[str, str]: ...


def headers(name: str, media_type: str) -> dict[str, str]:
    """The response headers with which a file is served."""
    place = "inline" if media_type in SHOWN else "attachment"
    return {
        "Content-Disposition": f"{place}; {_named(name)}",
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "default-src 'none'; sandbox",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Cache-Control": "private, max-age=3600",
    }


def _named(name: str) -> str:
    """Both forms of the name, RFC 6266: plain for old clients, UTF-8 for the rest."""
    kept = "".join(letter for letter in name if letter.isprintable())[:NAME_LIMIT_CHARS] or "file"
    plain = unicodedata.normalize("NFKD", kept).encode("ascii", "ignore").decode()
    plain = plain.replace("\\", "_").replace('"', "_").strip() or "file"
    return f"filename=\"{plain}\"; filename*=UTF-8''{quote(kept, safe='')}"


def served_type(media_type: str) -> str:
    """The type a file is served under: what could run in a page becomes mere bytes."""
    return (
        media_type if media_type in SHOWN or _harmless(media_type) else "application/octet-stream"
    )


def _harmless(media_type: str) -> bool:
    return media_type in {"application/pdf", "text/plain", "text/csv", "application/zip"} or (
        media_type.startswith(
            ("application/vnd.openxmlformats", "application/vnd.oasis", "audio/", "video/")
        )
    )
