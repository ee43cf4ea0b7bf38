"""Every commit in these tests shows on somebody's screen."""

from __future__ import annotations

import dispatch.projections  # noqa: F401
