"""What is said over HTTP is said to the real server of the API's tests; sockets have one of their own."""

from tests.api.conftest import api_database, api_engine, committing, running_server, send, server
from tests.live.conftest import start_server

__all__ = ["api_database", "api_engine", "committing", "running_server", "send", "server", "start_server"]
