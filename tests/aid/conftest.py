"""What is said over HTTP is said to the real server of the API's tests."""

from tests.api.conftest import api_database, api_engine, committing, running_server, send, server

__all__ = ["api_database", "api_engine", "committing", "running_server", "send", "server"]
