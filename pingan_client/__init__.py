"""A client of the 平安联盟 API: HTTP with retries that do a thing once, and the live socket.

It knows the public API only and imports nothing of the server.
"""

from pingan_client.http import PinganClient
from pingan_client.live import LiveClient
from pingan_client.problem import Problem, Refused, Unreachable
from pingan_client.screen import Change, Screen

__all__ = ["Change", "LiveClient", "PinganClient", "Problem", "Refused", "Screen", "Unreachable"]
