"""Settings that the data folder knows: keys and the private server's URLs."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from kit.settings import normalize_database_url, resolve_settings


@pytest.fixture(autouse=True)
def bare_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("PINGAN_TOKEN_KEY", "PINGAN_DATA_KEY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PINGAN_HOME", str(tmp_path / "home"))


class TestKeys:
    def test_are_made_once_and_kept(self) -> None:
        first, second = resolve_settings(), resolve_settings()
        assert len(bytes.fromhex(first.token_key.get_secret_value())) == 32
        assert first.token_key == second.token_key
        assert first.data_key == second.data_key != first.token_key

    def test_are_for_their_owner_alone(self, tmp_path: Path) -> None:
        resolve_settings()
        keys = tmp_path / "home" / "keys"
        assert stat.S_IMODE(keys.stat().st_mode) == 0o700
        assert {stat.S_IMODE(file.stat().st_mode) for file in keys.iterdir()} == {0o600}

    def test_from_the_environment_are_not_written_down(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
        monkeypatch.setenv("PINGAN_TOKEN_KEY", "ab" * 32)
        monkeypatch.setenv("PINGAN_DATA_KEY", "cd" * 32)
        assert resolve_settings().token_key.get_secret_value() == "ab" * 32
        assert not (tmp_path / "home" / "keys").exists()

    def test_are_not_shown_when_settings_are_printed(self) -> None:
        settings = resolve_settings()
        assert settings.data_key.get_secret_value() not in repr(settings)


class TestDatabaseUrl:
    @pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg2"])
    def test_every_usual_form_ends_up_with_our_driver(self, scheme: str) -> None:
        assert normalize_database_url(f"{scheme}://u:p%40@h/d") == "postgresql+psycopg2://u:p%40@h/d"

    def test_an_outside_server_serves_migrations_too_unless_told_otherwise(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("PINGAN_DATABASE_URL", "postgres://app@h/d")
        assert resolve_settings().owner_database_url == "postgresql+psycopg2://app@h/d"
        monkeypatch.setenv("PINGAN_OWNER_DATABASE_URL", "postgresql://owner@h/d")
        assert resolve_settings().owner_database_url == "postgresql+psycopg2://owner@h/d"

    def test_without_any_server_there_is_no_url(self) -> None:
        assert resolve_settings().database_url == ""
