"""The key of the mail channel: one file in the data folder, from which every secret is derived."""

import hmac
import os
import secrets
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

FILE = "mail.key"
KEY_BYTES = 32
_NONCE_BYTES = 12
_SHORT_BYTES = 16


class UnreadableKey(Exception):
    """The key file is damaged, or what it sealed was sealed with another key."""


class Keys:
    """What is derived from the key: sealed passwords, signed reply addresses, pseudonyms."""

    def __init__(self, root: bytes) -> None:
        if len(root) != KEY_BYTES:
            raise UnreadableKey(f"the mail key must have {KEY_BYTES} bytes")
        self._seal = AESGCM(_derived(root, b"mailbox passwords"))
        self._pseudonyms = _derived(root, b"senders")
        self.token = _derived(root, b"reply addresses")
        """What reply addresses are signed with."""
        self.loop = _derived(root, b"loop mark")[:_SHORT_BYTES].hex()
        """The mark by which we know our own mails."""

    def seal(self, words: str, *, about: str) -> bytes:
        """The words encrypted; only `unseal` with the same `about` opens them."""
        nonce = secrets.token_bytes(_NONCE_BYTES)
        return nonce + self._seal.encrypt(nonce, words.encode(), about.encode())

    def unseal(self, sealed: bytes, *, about: str) -> str:
        """The words; `UnreadableKey` when another key, or another thing's words, were sealed."""
        nonce, rest = sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:]
        try:
            return self._seal.decrypt(nonce, rest, about.encode()).decode()
        except (InvalidTag, ValueError) as error:
            raise UnreadableKey("what was sealed does not open with this key") from error

    def pseudonym(self, address: str) -> str:
        """The same short word for the same address, which does not tell the address."""
        digest = hmac.new(self._pseudonyms, address.casefold().encode(), "sha256")
        return digest.digest()[:_SHORT_BYTES].hex()


def open_keys(folder: Path) -> Keys:
    """The keys of a data folder; the file is made when it is missing, for its owner alone."""
    path = folder / FILE
    folder.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(secrets.token_bytes(KEY_BYTES))
            file.flush()
            os.fsync(file.fileno())
    return Keys(path.read_bytes())


def _derived(root: bytes, purpose: bytes) -> bytes:
    info = b"warmline mail: " + purpose
    return HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=info).derive(root)
