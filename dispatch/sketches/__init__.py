"""An outline (边界) that is being drawn: whether it is one, and what would lie in it."""
