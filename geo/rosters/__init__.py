"""Rosters (花名册) of responders: from an xlsx or CSV file to rows, or to what is wrong in them."""
