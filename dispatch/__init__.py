"""The work: who may do what, incidents, scenarios, matching, orders, escalation, closure."""
