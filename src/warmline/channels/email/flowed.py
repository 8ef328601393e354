"""Text that was wrapped for the way (RFC 3676, format=flowed) made whole lines again."""

from __future__ import annotations

_SIGNATURE = "-- "


def unflow(text: str, *, delsp: bool) -> str:
    """The lines as they were typed.

    `delsp` says that the space at a soft break was added by the sender.
    """
    lines: list[str] = []
    open_depth = -1
    for raw in text.split("\n"):
        quotes, line = _split_quotes(raw)
        soft = line.endswith(" ") and line != _SIGNATURE
        if soft and delsp:
            line = line[:-1]
        if open_depth == quotes and line != _SIGNATURE:
            lines.append(line)
        else:
            lines.append(("\n" if lines else "") + (">" * quotes + " " if quotes else "") + line)
        open_depth = quotes if soft else -1
    return "".join(lines)


def _split_quotes(line: str) -> tuple[int, str]:
    rest = line.lstrip(">")
    return len(line) - len(rest), rest.removeprefix(" ")
