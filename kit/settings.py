"""Everything that can be set, read once from the environment (prefix ``PINGAN_``)."""

from __future__ import annotations

import hashlib
import os
import secrets
from functools import lru_cache
from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

CHECKOUT = Path(__file__).resolve().parent.parent
KEYS = ("token_key", "data_key")


def default_home() -> Path:
    """``PINGAN_HOME``, else ``.pingan`` in the checkout.

    Root's database server runs as another user, who cannot get into /root: then a folder under /var/lib.
    """
    given = os.environ.get("PINGAN_HOME")
    if given:
        return Path(given).absolute()
    if os.geteuid() == 0:
        from kit.cluster.identity import can_traverse, server_user

        if not can_traverse(server_user(), CHECKOUT):
            return Path("/var/lib/pingan") / hashlib.sha256(os.fsencode(CHECKOUT)).hexdigest()[:10]
    return CHECKOUT / ".pingan"


class Settings(BaseSettings):
    """Settings of one installation. Times are in seconds, lengths in metres, unless the name says otherwise."""

    model_config = SettingsConfigDict(env_prefix="PINGAN_", extra="ignore")

    home: Path = Field(default_factory=default_home, description="data folder: private cluster, keys, logs")
    database_url: str = Field(default="", description="as role app; empty: the private cluster")
    owner_database_url: str = Field(default="", description="as role owner, for migrations; empty: database_url")
    pool_size: int = Field(default=4, ge=1, le=64, description="database connections = request threads of a process")

    host: str = "127.0.0.1"
    port: int = Field(default=8110, ge=0, le=65535)
    allowed_origins: list[str] = Field(default_factory=list, description="web origins beside the server's own")

    #: where phones reach this server; empty: as whoever asks has reached it
    public_url: str = ""

    #: 32 random bytes in hex each; the CLI makes them once in the data folder
    token_key: SecretStr = SecretStr("")
    data_key: SecretStr = SecretStr("")

    access_token_s: int = 600
    refresh_token_s: int = 30 * 86_400
    ticket_s: int = 30
    login_attempts_per_minute: int = Field(default=300, ge=1, description="from one address; each costs a hash")
    login_failures_per_5_minutes: int = Field(default=100, ge=1, description="from one address, which a carrier shares")
    position_fresh_s: int = Field(default=120, description="older fixes are not recommended")
    track_retention_days: int = 30
    #: what was said about an incident is deleted afterwards
    chat_retention_days: int = 180
    position_flush_s: float = 0.2

    fcm_project_id: str = ""
    fcm_credentials_file: Path | None = None
    fcm_base_url: str = Field(default="", description="another server that speaks the FCM HTTP v1 API")

    web_dist: Path = Field(default=CHECKOUT / "web" / "dist", description="the built web apps")
    map_raster_url: str = Field(default="", description="tiles of an outside map, with {z}, {x}, {y}; empty: none")
    map_raster_crs: Literal["wgs84", "gcj02"] = Field(default="wgs84", description="their datum: gcj02 for AMap")
    map_raster_attribution: str = ""

    log_json: bool = True
    log_level: str = "INFO"


def normalize_database_url(url: str) -> str:
    """The form that SQLAlchemy needs of what people write: postgres://, postgresql://, or already right."""
    scheme, separator, rest = url.partition("://")
    if separator and scheme in ("postgres", "postgresql", "postgresql+psycopg"):
        return f"postgresql+psycopg2://{rest}"
    return url


def resolve_settings() -> Settings:
    """The settings with all that the data folder knows: keys (made once) and the private server's URLs.

    Starts nothing. ``database_url`` stays empty while there is neither an outside nor a private server.
    """
    settings = Settings()
    home = settings.home.absolute()
    changes: dict[str, object] = {"home": home}
    for name in KEYS:
        if not getattr(settings, name).get_secret_value():
            changes[name] = SecretStr(_load_key(home, name))
    if settings.database_url:
        app_url = normalize_database_url(settings.database_url)
        changes["database_url"] = app_url
        changes["owner_database_url"] = normalize_database_url(settings.owner_database_url) or app_url
    else:
        from kit.cluster import Cluster

        info = Cluster(home).find_info()
        if info is not None:
            changes |= {"database_url": info.app_url, "owner_database_url": info.owner_url}
    return settings.model_copy(update=changes)


@lru_cache(maxsize=1)
def get_settings() -> Settings:
    """The settings of this process, as ``resolve_settings`` finds them the first time."""
    return resolve_settings()


def _load_key(home: Path, name: str) -> str:
    """The key of that name: 32 random bytes in hex. Two processes that make it at once end up with one."""
    path = home / "keys" / name
    if not path.exists():
        if not home.exists():
            home.mkdir(parents=True)
            # a dropped server user has to get through to its own folder
            home.chmod(0o711)
        path.parent.mkdir(mode=0o700, exist_ok=True)
        partial = path.with_name(f".{name}.{os.getpid()}")
        handle = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "w") as file:
            file.write(secrets.token_hex(32) + "\n")
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(partial, path)
        except FileExistsError:
            pass
        finally:
            partial.unlink()
    return path.read_text().strip()
