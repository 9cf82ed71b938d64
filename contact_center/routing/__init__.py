"""Who takes which caller: the queue of the agent desk.

`agents.py`, `waiting.py`, `matching.py` and `wait_estimate.py` decide, without clock or database;
`rules.py` holds the figures they go by. `roster.py` stores the agents and `line.py` the callers, so
that of several agents and several servers one gets a call; both are thin around what is decided.
`dispatcher.py` has decisions made in time, and tells everybody what was decided.
"""
