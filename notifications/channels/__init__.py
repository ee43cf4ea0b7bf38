"""The ways to tell a person that something waits for him.

A channel is a subclass of ``Channel`` with one method, ``try_send(envelope) -> list[Attempt]``:

* it gets an ``Envelope``: the opaque message id, a generic text without any personal data, the deadline, and
  the addresses (device id, push token) that registered with the channel;
* it returns one ``Attempt`` per address: sent; failed with a code; or a token that the provider knows no more;
* it holds no database session: the relay reads before, writes after, and is in no transaction in between;
* it raises nothing for a provider's refusal. What it raises counts as a failed attempt.

``Channel.send`` is what the relay calls: it measures, logs and counts. To add a channel (JPush, WeCom, SMS):
write the subclass, name it in ``make_channels``, in a ladder of ``notifications/kinds.py`` and in the CHECK of
``deliveries.channel`` (and of ``devices.push_channel``, if devices register with it). Nothing else knows it.

``socket`` is no class here: its rung is climbed by the commit, and the hub records what left for which device.
"""

from __future__ import annotations

from collections.abc import Mapping

from kit.settings import Settings
from notifications.channels.channel import Channel
from notifications.channels.log import LogChannel


def make_channels(settings: Settings) -> Mapping[str, Channel]:
    """The channels of this installation by name. A rung whose channel is not here is passed over."""
    channels: dict[str, Channel] = {"log": LogChannel()}
    if settings.fcm_credentials_file is not None:
        from notifications.channels.fcm import FcmChannel

        channels["fcm"] = FcmChannel(
            settings.fcm_credentials_file,
            project_id=settings.fcm_project_id or None,
            base_url=settings.fcm_base_url or None,
        )
    return channels
