"""Who answers for which responder, and whole rosters (花名册) at once."""
