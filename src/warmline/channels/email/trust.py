"""Whose certificates we believe of mail servers, and in words what is wrong with one."""

import ssl
from functools import cache
from pathlib import Path

_NOT_FOR_THIS_NAME = frozenset({62, 64})
_NOT_KNOWN = frozenset({18, 19, 20, 21})
_NOT_NOW = frozenset({9, 10})
"""OpenSSL's numbers for what is wrong with a certificate."""


@cache
def context(ca_file: Path | None) -> ssl.SSLContext:
    """Checks certificate and name; `ca_file` is believed beside the system's authorities.

    Raises `OSError` (also `ssl.SSLError`) when the file cannot be read or holds no certificate.
    """
    made = ssl.create_default_context()
    if ca_file is not None:
        made.load_verify_locations(cafile=ca_file)
    return made


def failure(error: ssl.SSLError, host: str) -> str:
    """What is wrong, in words for an administrator."""
    if not isinstance(error, ssl.SSLCertVerificationError):
        return f"TLS with {host} failed: {error.reason or error}"
    if error.verify_code in _NOT_FOR_THIS_NAME:
        return f"the certificate that {host} shows is for another name"
    if error.verify_code in _NOT_KNOWN:
        return f"the certificate of {host} is signed by nobody we know (WARMLINE_TLS_CA_FILE)"
    if error.verify_code in _NOT_NOW:
        return f"the certificate of {host} is not valid now"
    return f"the certificate of {host} is refused: {error.verify_message}"


def cause_of(error: BaseException) -> ssl.SSLError | None:
    """The failure of TLS behind an error of a library, if that is what it was."""
    seen: BaseException | None = error
    while seen is not None:
        if isinstance(seen, ssl.SSLError):
            return seen
        seen = seen.__cause__ or seen.__context__
    return None
