"""Listening: gunicorn in this process, and the certificate for phones on the local network. Wiring, no pages."""

import datetime as dt
import ipaddress
import os
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from flask import Flask
from gunicorn.app.base import BaseApplication

from app.config import Config, changed, use

USUAL_PORT, PHONE_PORT = 8000, 8443


class Server(BaseApplication):
    """gunicorn with our settings and an app that is made once, before the processes part."""

    def __init__(self, config: Config, make_app: Callable[[Config], Flask]) -> None:
        self.config = config
        self.make_app = make_app
        super().__init__()

    def load_config(self) -> None:
        """Hand our settings to gunicorn."""
        config = self.config
        values: dict[str, Any] = {
            "bind": f"{config.host}:{config.port}",
            "worker_class": "gthread",
            "workers": config.workers,
            "threads": config.threads,
            "preload_app": True,  # half the memory, and the second process costs no start
            "timeout": 60,
            "graceful_timeout": 20,
            "keepalive": 15,
            "max_requests": 20_000,  # a slow leak in a library never becomes ours
            "max_requests_jitter": 2_000,
            "loglevel": "warning",
            "accesslog": None,
            "control_socket_disable": True,
            "certfile": config.tls_cert or None,
            "keyfile": config.tls_key or None,
        }
        for name, value in values.items():
            if value is not None and name in self.cfg.settings:
                self.cfg.set(name, value)

    def load(self) -> Any:
        """The app itself, with its templates read, so that nobody waits for the first page."""
        app = self.make_app(self.config)
        for name in app.jinja_env.list_templates(extensions=["html"]):
            app.jinja_env.get_template(name)
        return app


def run(config: Config, make_app: Callable[[Config], Flask]) -> None:
    """Serve until stopped. The database must be closed: a connection must not be carried into another process."""
    Server(config, make_app).run()


def for_phones(config: Config) -> Config:
    """The settings of `make phone`: HTTPS on this machine's address in the local network."""
    host = local_address()
    folder = config.data_dir / "tls"
    certificate, key = certificate_for(host, folder)
    port = config.port if config.port != USUAL_PORT else PHONE_PORT
    return use(
        changed(
            config,
            host="0.0.0.0",
            port=port,
            public_url=f"https://{host}:{port}",
            tls_cert=str(certificate),
            tls_key=str(key),
            demo_public=True,
        )
    )


def local_address() -> str:
    """This machine's address in the local network. Nothing is sent: a datagram socket only chooses a way out."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as way:
        try:
            way.connect(("192.0.2.1", 9))
            return str(way.getsockname()[0])
        except OSError:
            return "127.0.0.1"


def certificate_for(host: str, folder: Path) -> tuple[Path, Path]:
    """A certificate for this address, signed by an authority of our own that a phone can be told to trust.

    The authority is kept (so that it is trusted once); the certificate is made anew each time and lasts 30 days.
    Returns the paths of certificate and key.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    authority, authority_key = _authority(folder)
    key = ec.generate_private_key(ec.SECP256R1())
    names: list[x509.GeneralName] = [
        x509.DNSName("localhost"),
        x509.IPAddress(ipaddress.ip_address(host)),
        x509.IPAddress(ipaddress.ip_address("127.0.0.1")),
    ]
    certificate = (
        _builder(host, authority.subject, key, days=30)
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .sign(authority_key, hashes.SHA256())
    )
    certificate_path, key_path = folder / "server.crt", folder / "server.key"
    certificate_path.write_bytes(_pem(certificate) + _pem(authority))
    _write_key(key_path, key)
    return certificate_path, key_path


def _authority(folder: Path) -> tuple[x509.Certificate, ec.EllipticCurvePrivateKey]:
    certificate_path, key_path = folder / "ca.crt", folder / "ca.key"
    if certificate_path.exists() and key_path.exists():
        kept = serialization.load_pem_private_key(key_path.read_bytes(), None)
        assert isinstance(kept, ec.EllipticCurvePrivateKey)
        return x509.load_pem_x509_certificate(certificate_path.read_bytes()), kept
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Doorstep, this machine only")])
    certificate = (
        _builder(subject, subject, key, days=825)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    certificate_path.write_bytes(_pem(certificate))
    _write_key(key_path, key)
    return certificate, key


def _builder(
    subject: str | x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey, days: int
) -> x509.CertificateBuilder:
    name = subject if isinstance(subject, x509.Name) else _name(subject)
    today = dt.datetime.now(dt.UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(today - dt.timedelta(days=1))
        .not_valid_after(today + dt.timedelta(days=days))
    )


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _pem(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.PEM)


def _write_key(path: Path, key: ec.EllipticCurvePrivateKey) -> None:
    pem = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(pem)
