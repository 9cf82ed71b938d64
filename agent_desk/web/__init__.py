"""The desk's web pages: one ASGI app, served inside the server process on a port of its own.

`app.py` puts it together: which pages there are, and what guards all of them. `reset_pages.py` is
where customers set a new password, `outbox_pages.py` shows waiting messages in development,
`sign_in_pages.py` is where staff sign in, `server.py` runs the app in the server's event loop.
`guards.py`, `same_origin.py` and `rate_limit.py` keep out what has no business here;
`session_guard.py` keeps what lies below `/desk` to those who are signed in, each role to its own
pages (`desk_addresses.py`).
"""
