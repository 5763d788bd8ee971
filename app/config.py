"""Settings: read once from the environment, then plain values. No other module looks at the environment."""

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
MEGABYTE = 1024 * 1024


class Misconfigured(Exception):
    """A setting that cannot be used; the message says which and why."""


@dataclass(frozen=True)
class Setting:
    """One environment variable: its name, what holds when it is absent, and one sentence for the README."""

    name: str
    default: str
    meaning: str


SETTINGS = (
    Setting("DATA_DIR", "var", "Folder of everything that is kept: database, photos, papers, secret key."),
    Setting("DATABASE_URL", "", "Where the database is; `sqlite:///path`. Empty: `doorstep.db` in DATA_DIR."),
    Setting(
        "SECRET_KEY_FILE",
        "",
        "File with the signing key, made on first start (mode 600). Empty: in DATA_DIR.",
    ),
    Setting("HOST", "127.0.0.1", "Address to listen on."),
    Setting("PORT", "8000", "Port to listen on."),
    Setting(
        "PUBLIC_URL", "", "How phones reach the app. With https:// cookies become Secure and HSTS is sent."
    ),
    Setting("TRUSTED_PROXIES", "0", "How many proxies in front may be believed about the caller's address."),
    Setting("WORKERS", "2", "Server processes."),
    Setting("THREADS", "4", "Threads of each server process."),
    Setting("DEMO", "1", "Load the demo outlet into a new database on `make run`; 0 leaves it empty."),
    Setting("DEMO_PUBLIC", "0", "1 lets a demo database be served beyond this machine."),
    Setting("TLS_CERT", "", "Certificate file, when the app itself serves HTTPS (as `make phone` does)."),
    Setting("TLS_KEY", "", "Key file that belongs to TLS_CERT."),
    Setting("LOG_LEVEL", "INFO", "Least level that is logged: DEBUG, INFO, WARNING or ERROR."),
)


@dataclass(frozen=True)
class Config:
    """All settings as values. Sizes are bytes."""

    data_dir: Path
    database: str
    secret_key: str
    host: str = "127.0.0.1"
    port: int = 8000
    public_url: str = ""
    trusted_proxies: int = 0
    workers: int = 2
    threads: int = 4
    demo: bool = True
    demo_public: bool = False
    tls_cert: str = ""
    tls_key: str = ""
    log_level: str = "INFO"
    testing: bool = False
    max_body: int = 10 * MEGABYTE
    max_form_memory: int = 2 * MEGABYTE

    @property
    def https(self) -> bool:
        """Whether phones reach the app over HTTPS."""
        return self.public_url.startswith("https://") or bool(self.tls_cert)

    @property
    def loopback(self) -> bool:
        """Whether only this machine can reach the app."""
        return self.host in LOOPBACK

    @property
    def photos_dir(self) -> Path:
        """Where the bytes of photos are kept, by hash."""
        return self.data_dir / "photos"

    @property
    def papers_dir(self) -> Path:
        """Where printed papers are kept."""
        return self.data_dir / "papers"

    def address(self) -> str:
        """The URL to open."""
        return self.public_url or f"{'https' if self.tls_cert else 'http'}://{self.host}:{self.port}"


def read(environ: Mapping[str, str] | None = None) -> Config:
    """The settings of this process. Makes DATA_DIR and the secret key when they are missing.

    :raise Misconfigured: a setting that is no number, no file, or a database that is not supported.
    """
    environ = os.environ if environ is None else environ
    value = {setting.name: environ.get(setting.name, "") or setting.default for setting in SETTINGS}
    data_dir = (ROOT / value["DATA_DIR"]).resolve()
    data_dir.mkdir(parents=True, exist_ok=True)
    return Config(
        data_dir=data_dir,
        database=_database(value["DATABASE_URL"], data_dir),
        secret_key=_secret(Path(value["SECRET_KEY_FILE"] or data_dir / "secret-key")),
        host=value["HOST"],
        port=_number("PORT", value["PORT"], 1, 65535),
        public_url=value["PUBLIC_URL"].rstrip("/"),
        trusted_proxies=_number("TRUSTED_PROXIES", value["TRUSTED_PROXIES"], 0, 9),
        workers=_number("WORKERS", value["WORKERS"], 1, 64),
        threads=_number("THREADS", value["THREADS"], 1, 64),
        demo=value["DEMO"] == "1",
        demo_public=value["DEMO_PUBLIC"] == "1",
        tls_cert=value["TLS_CERT"],
        tls_key=value["TLS_KEY"],
        log_level=value["LOG_LEVEL"].upper(),
    )


_current: Config | None = None


def use(config: Config) -> Config:
    """Make these the settings of the process; create_app does it once."""
    global _current
    _current = config
    return config


def settings() -> Config:
    """The settings in use. :raise Misconfigured: before create_app has run."""
    if _current is None:
        raise Misconfigured("settings were asked for before the app was made")
    return _current


def changed(config: Config, **values: object) -> Config:
    """The same settings with a few other values."""
    return replace(config, **values)  # type: ignore[arg-type]


def _number(name: str, text: str, least: int, most: int) -> int:
    if not text.isdigit() or not least <= int(text) <= most:
        raise Misconfigured(f"{name} must be a number from {least} to {most}, not {text!r}")
    return int(text)


def _database(url: str, data_dir: Path) -> str:
    """The path of the SQLite file."""
    if not url:
        return str(data_dir / "doorstep.db")
    if not url.startswith("sqlite:///"):
        raise Misconfigured(f"DATABASE_URL must begin with sqlite:///, not {url.split(':')[0]}:")
    return str((ROOT / url.removeprefix("sqlite:///")).resolve())


def _secret(path: Path) -> str:
    """The signing key, made once; two processes that start together end up with the same one."""
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        pass
    else:
        with os.fdopen(handle, "w") as file:
            file.write(secrets.token_hex(32))
    key = path.read_text().strip()
    if len(key) < 32:
        raise Misconfigured(f"{path} holds no key of at least 32 characters")
    return key
