"""Streets: read from OpenStreetMap, kept in PostGIS, searched as arrays."""
