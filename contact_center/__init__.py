"""The business behind the line: customers, orders, calls, hand-offs, tickets and hours.

Every service takes a `Database` and answers with frozen values, never with table rows. Times are
aware UTC datetimes, and whatever depends on the time is told it. What can be decided without the
database (order numbers, opening hours, complaint deadlines, redaction) is decided in pure modules
beside the services. Nothing here knows about audio.
"""
