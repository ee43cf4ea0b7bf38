"""The one command: ``./pingan VERB``. One module a verb, each with ``register(app)``; ``cli.main`` lists them.

A module imports what is heavy (SQLAlchemy, FastAPI, the domain) inside its functions: ``--help`` is instant.
Progress goes to stderr through ``cli.console.say``; a failure is an exception with one clear sentence.
"""
