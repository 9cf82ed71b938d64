"""Sending what waits in the outbox: e-mail by SMTP, text messages by a provider.

`sender.py` says what a sender is, `smtp.py` and `text_messages.py` are senders, `worker.py` takes
messages from the outbox and hands them to these.
"""
