"""People who use the public API only (``people``), and a city in which the decisions themselves run (``twin``)."""
