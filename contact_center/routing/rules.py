"""The figures by which callers and agents are brought together."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import BaseModel, ConfigDict, Field


class RoutingRules(BaseModel):
    """What a company may want to have different.

    Args:
        offer_s: Seconds an agent has to accept an offer; then the next one is asked.
        again_after_s: Seconds after which an agent who did not take a call may be asked again, if
            nobody else is free for it.
        vip_ahead_s: A VIP stands in line as if they had come so many seconds earlier. So another
            caller who has waited longer than that goes before every VIP who comes now.
        preferred_for_s: Seconds of waiting during which the agent who knows the matter is asked
            first, if free.
        skills_relaxed_after_s: Seconds of waiting after which any agent of the queue will do, with
            the skills or without.
        safety_skills_relaxed_after_s: The same for a safety complaint, which is better off with
            anybody at once.
        overflow_after_s: Seconds of waiting after which agents of another queue are asked too.
        overflow: Which queue helps which, such as `{"billing": "support"}`; "*" stands for every
            queue that is not named.
        callback_expected_s: A call-back is offered when the wait is expected to be longer.
        callback_waited_s: It is offered too after so many seconds of waiting, if nobody can say
            how long it will still be.
        update_every_s: Seconds between two announcements of place and wait, at least.
        lost_after_s: Seconds without a sign of life after which an agent counts as gone.
        language: What a caller speaks, if nothing else is known.
        across_servers: Whether an agent at one server can take a call of another.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    offer_s: float = Field(default=20.0, gt=0)
    again_after_s: float = Field(default=30.0, ge=0)
    vip_ahead_s: float = Field(default=300.0, ge=0)
    preferred_for_s: float = Field(default=60.0, ge=0)
    skills_relaxed_after_s: float = Field(default=60.0, ge=0)
    safety_skills_relaxed_after_s: float = Field(default=0.0, ge=0)
    overflow_after_s: float = Field(default=120.0, ge=0)
    overflow: Mapping[str, str] = Field(default_factory=lambda: {"*": "support"})
    callback_expected_s: float = Field(default=300.0, ge=0)
    callback_waited_s: float = Field(default=120.0, ge=0)
    update_every_s: float = Field(default=60.0, gt=0)
    lost_after_s: float = Field(default=15.0, gt=0)
    language: str = "en"
    across_servers: bool = False

    def relaxed_after_s(self, priority: int) -> tuple[float, float]:
        """Say after how much waiting wishes are let go.

        Args:
            priority: 1 for a safety complaint, 2 for a VIP, 3 for the others.

        Returns:
            Seconds until the skills, and until the queue do not matter any more.
        """
        skills = (
            self.safety_skills_relaxed_after_s if priority == 1 else self.skills_relaxed_after_s
        )
        return skills, self.overflow_after_s

    def overflow_of(self, queue: str) -> str | None:
        """Name the queue that helps another one.

        Args:
            queue: The queue that may need help.

        Returns:
            The helping queue; None when there is none.
        """
        helper = self.overflow.get(queue, self.overflow.get("*"))
        return helper if helper != queue else None
