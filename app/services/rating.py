"""Rating: what the customer thought of it lies on the phone only as the outlet can open it (decided: key in var/keys).

The phone makes a new AES key for each, encrypts the values with it, and the key with the outlet's public one. The
envelope is base64 of JSON {key, iv, data}, each base64 again: RSA-OAEP-2048 with SHA-256, then AES-GCM.
"""

import base64
import json
import os
from functools import lru_cache
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from app import config
from app.errors import Invalid

SIZE = 2048
LIMIT = 20_000
OAEP = padding.OAEP(padding.MGF1(hashes.SHA256()), hashes.SHA256(), None)


def public_jwk(outlet_id: int) -> dict[str, Any]:
    """The outlet's public key as a JSON Web Key; made at first use."""
    numbers = _key(_path(outlet_id)).public_key().public_numbers()
    return {"kty": "RSA", "alg": "RSA-OAEP-256", "ext": True, "key_ops": ["encrypt"],
            "n": _url64(numbers.n), "e": _url64(numbers.e)}  # fmt: skip


def is_sealed(fields: Any) -> bool:
    """Whether these fields are an envelope."""
    return "sealed" in fields


def opened(outlet_id: int, sealed: str) -> dict[str, str]:
    """The fields in an envelope. :raise Invalid: fields: sealed, when this outlet cannot open it."""
    try:
        if len(sealed) > LIMIT:
            raise ValueError("too long")
        outer = json.loads(base64.b64decode(sealed, validate=True))
        key = _key(_path(outlet_id)).decrypt(base64.b64decode(outer["key"], validate=True), OAEP)
        iv, data = (base64.b64decode(outer[name], validate=True) for name in ("iv", "data"))
        fields = json.loads(AESGCM(key).decrypt(iv, data, None))
        return {str(name): str(value) for name, value in fields.items() if name != "sealed"}
    except (ValueError, KeyError, TypeError, AttributeError, InvalidTag, RecursionError):
        raise Invalid(fields={"sealed": "cannot_be_opened"}) from None


def sealed(jwk: dict[str, Any], fields: dict[str, str]) -> str:
    """What the phone makes of a rating; for tests and demonstrations."""
    numbers = rsa.RSAPublicNumbers(_number(jwk["e"]), _number(jwk["n"]))
    key, iv = AESGCM.generate_key(256), os.urandom(12)
    parts = {
        "key": numbers.public_key().encrypt(key, OAEP),
        "iv": iv,
        "data": AESGCM(key).encrypt(iv, json.dumps(fields).encode(), None),
    }
    envelope = {name: base64.b64encode(part).decode() for name, part in parts.items()}
    return base64.b64encode(json.dumps(envelope).encode()).decode()


def _path(outlet_id: int) -> Path:
    return config.settings().data_dir / "keys" / f"rating-{outlet_id}.pem"


@lru_cache(maxsize=8)
def _key(path: Path) -> rsa.RSAPrivateKey:
    """The private key, made once; processes that start together end up with the same one."""
    if not path.exists():
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        made = rsa.generate_private_key(public_exponent=65537, key_size=SIZE)
        text = made.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        half = path.with_name(f"{path.name}.{os.getpid()}-{os.urandom(4).hex()}")
        with os.fdopen(os.open(half, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(text)
        try:
            os.link(half, path)  # whole or not at all, and never over another process's
        except FileExistsError:
            pass
        finally:
            half.unlink()
    found = serialization.load_pem_private_key(path.read_bytes(), None)
    assert isinstance(found, rsa.RSAPrivateKey)
    return found


def _url64(number: int) -> str:
    return base64.urlsafe_b64encode(number.to_bytes((number.bit_length() + 7) // 8)).rstrip(b"=").decode()


def _number(text: str) -> int:
    return int.from_bytes(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
