"""The floor: settings, database, clock, ids, errors, state tables, log. Knows nothing above it."""
