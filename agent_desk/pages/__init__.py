"""The pages on which agents and supervisors work, made with NiceGUI.

What a page shows is decided by pure functions (`desk_view.py`, `turn_views.py`, ...);
the other modules put it on the screen, a module a part of the page. Texts that come from outside
are shown as text only, never as HTML.
"""
