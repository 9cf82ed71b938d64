"""Short messages above the call bar."""

from __future__ import annotations

from nicegui.element import Element


class Notices(Element, component="components/notices.js"):
    """Short messages above the call bar."""

    def tell(self, message: str, kind: str = "done") -> None:
        """Show a message.

        Args:
            message: One sentence.
            kind: done or problem.
        """
        self.run_method("tell", message, kind)
