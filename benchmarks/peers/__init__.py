"""Other ways to match, each run in an environment of its own; see ``__main__.py``.

Nothing in this folder imports the rest of the project: two of the peers install a module of the
same name as ours. Problems come in and answers go out as files of numbers.
"""
