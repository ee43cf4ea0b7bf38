"""The words for codes."""
