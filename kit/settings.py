"""Everything that can be set, read once from the environment (prefix ``PINGAN_``)."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """Settings of one installation. Times are in seconds, lengths in metres, unless the name says otherwise."""

    model_config = SettingsConfigDict(env_prefix="PINGAN_", extra="ignore")

    home: Path = Field(default=Path(".pingan"), description="data folder: private cluster, keys, logs")
    database_url: str = Field(default="", description="as role app; empty: the private cluster")
    owner_database_url: str = Field(default="", description="as role owner, for migrations; empty: database_url")
    pool_size: int = Field(default=4, ge=1, le=64, description="database connections = request threads of a process")

    host: str = "127.0.0.1"
    port: int = Field(default=8110, ge=0, le=65535)
    allowed_origins: list[str] = Field(default_factory=list, description="web origins beside the server's own")

    #: 32 random bytes in hex each; the CLI makes them once in the data folder
    token_key: SecretStr = SecretStr("")
    data_key: SecretStr = SecretStr("")

    access_token_s: int = 600
    refresh_token_s: int = 30 * 86_400
    ticket_s: int = 30
    position_fresh_s: int = Field(default=120, description="older fixes are not recommended")
    track_retention_days: int = 30
    position_flush_s: float = 0.2

    fcm_project_id: str = ""
    fcm_credentials_file: Path | None = None
    fcm_base_url: str = Field(default="", description="another server that speaks the FCM HTTP v1 API")

    log_json: bool = True
    log_level: str = "INFO"


@lru_cache(maxsize=1)
def get_settings() -> Settings:
    """The settings of this process."""
    return Settings()
