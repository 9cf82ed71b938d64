"""The people's side: where agents see who is waiting, take calls over and speak to callers.

`desk.py` has the agents of a server, `workplace.py` what one agent can do, and `desk_state.py` what
they see (pure). `desk_protocol.py` is the wire format (pure), `desk_socket.py` the server's side of
it, `client.py` the other side. `packet_view.py` shows a hand-off packet (pure), `terminal.py` is
the desk in a terminal, with `line_input.py` for its keyboard and `plain_text.py` for whatever
others wrote. `pages/` and `web/` are the desk in a browser.
"""
