"""The certificate of an erasure as a page to hand over, in English, Russian and Polish."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from html import escape
from typing import Any, cast

Words = Mapping[str, str]
_STYLE = """
body{font:15px/1.5 system-ui,sans-serif;color:#1c1f26;background:#fff;max-width:46rem;
margin:2rem auto;padding:0 1rem}
dl{display:grid;grid-template-columns:minmax(10rem,18rem) 1fr;gap:.25rem 1rem}dt{color:#565d6d}
dd{margin:0;overflow-wrap:anywhere}code{font-size:.85em}
"""
_WORDS: Mapping[str, Words] = {
    "en": {
        "title": "Certificate of erasure",
        "customer": "Customer (number)",
        "at": "Erased (UTC)",
        "by": "By (user number)",
        "erased": "Erased",
        "files": "Files removed / kept for others who have the same",
        "cleaned": "Journal of the database emptied",
        "sought": "Identifiers looked for afterwards / still found",
        "backups": "Backups that may still hold the person",
        "unknown": "Nobody lists the backups of this center; older ones may hold the person.",
        "none": "The list of backups is empty.",
        "stays": "Kept: the log of events with numbers for names, figures, this certificate.",
        "yes": "yes",
        "no": "not yet",
        "hash": "SHA-256 of the certificate",
        "broken": "This certificate is not what was sealed.",
    },
    "ru": {
        "title": "Свидетельство об удалении данных",
        "customer": "Клиент (номер)",
        "at": "Удалено (UTC)",
        "by": "Кем (номер пользователя)",
        "erased": "Удалено",
        "files": "Файлов удалено / оставлено, потому что они есть и у других",
        "cleaned": "Журнал базы данных очищен",
        "sought": "Признаков искали после удаления / ещё найдено",
        "backups": "Резервные копии, где данные могут оставаться",
        "unknown": "Списка резервных копий нет; в старых копиях данные могут оставаться.",
        "none": "Список резервных копий пуст.",
        "stays": "Осталось: журнал событий с номерами вместо имён, показатели, это свидетельство.",
        "yes": "да",
        "no": "ещё нет",
        "hash": "SHA-256 свидетельства",
        "broken": "Это свидетельство отличается от того, что было заверено.",
    },
    "pl": {
        "title": "Zaświadczenie o usunięciu danych",
        "customer": "Klient (numer)",
        "at": "Usunięto (UTC)",
        "by": "Przez (numer użytkownika)",
        "erased": "Usunięto",
        "files": "Plików usunięto / zostawiono, bo mają je też inni",
        "cleaned": "Dziennik bazy danych opróżniony",
        "sought": "Identyfikatorów szukano później / wciąż znaleziono",
        "backups": "Kopie zapasowe, które mogą jeszcze zawierać dane",
        "unknown": "Nikt nie prowadzi listy kopii zapasowych; starsze mogą zawierać dane.",
        "none": "Lista kopii zapasowych jest pusta.",
        "stays": "Zostają: dziennik zdarzeń z numerami zamiast nazwisk, wskaźniki i to pismo.",
        "yes": "tak",
        "no": "jeszcze nie",
        "hash": "SHA-256 zaświadczenia",
        "broken": "To zaświadczenie różni się od tego, co zapieczętowano.",
    },
}  # fmt: skip


def certificate_page(body: Mapping[str, Any], language: str) -> str:
    """The page; everything in it is escaped and nothing is loaded."""
    words = _WORDS[language]
    counts = cast("Mapping[str, int]", body["counts"])
    erased = ", ".join(f"{name}: {count}" for name, count in counts.items() if count)
    when = datetime.fromtimestamp(body["at"] / 1000, UTC).strftime("%Y-%m-%d %H:%M:%S")
    told = {
        "customer": body["customer"],
        "at": when,
        "by": body["by"] or "–",
        "erased": erased or "–",
        "files": f"{body['files_removed']} / {body['files_shared']}",
        "cleaned": words["yes" if body["journal_emptied"] else "no"],
        "sought": "–" if body["sought"] is None else f"{body['sought']} / {body['left']}",
    }
    listed = "".join(
        f"<dt>{escape(words[name])}</dt><dd>{escape(str(value))}</dd>"
        for name, value in told.items()
    )
    broken = "" if body["intact"] else f"<p><strong>{escape(words['broken'])}</strong></p>"
    title = escape(words["title"])
    return (
        f'<!doctype html><html lang="{language}"><head><meta charset="utf-8"><title>{title}</title>'
        f"<style>{_STYLE}</style></head><body><h1>{title}</h1>{broken}<dl>{listed}</dl>"
        f"<h2>{escape(words['backups'])}</h2>{_backups(body['backups'], words)}"
        f"<p>{escape(words['stays'])}</p>"
        f"<p>{escape(words['hash'])}: <code>{escape(str(body['sha256']))}</code></p></body></html>"
    )


def _backups(listed: Sequence[Mapping[str, Any]] | None, words: Words) -> str:
    if listed is None:
        return f"<p>{escape(words['unknown'])}</p>"
    if not listed:
        return f"<p>{escape(words['none'])}</p>"
    lines = "".join(f"<li>{escape(str(one['name']))}</li>" for one in listed)
    return f"<ul>{lines}</ul>"
