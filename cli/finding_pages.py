"""What the doctor finds of the web pages."""

from __future__ import annotations

from cli.finding import Finding, State
from cli.web_build import DIST, built_digest, find_node, source_digest


def web_pages() -> Finding:
    """Whether the pages that are served are those of these sources."""
    node = find_node()
    built = built_digest()
    if built == source_digest():
        return Finding("web pages", State.OK, f"build {built} in {DIST}")
    said = "of other sources than these" if built else "not built"
    if node is None:
        return Finding(
            "web pages", State.BROKEN, f"{said}; no Node 20.19", "Run: rm -f .venv/.pingan-lock && ./pingan doctor"
        )
    return Finding("web pages", State.NOTE, said, "Run: ./pingan web build")
