"""What holds in every call, whatever happens in it."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from simulation import ENGLISH, World, transcript

from voice_gateway.conversation import commands as cmd
from voice_gateway.conversation import events as ev
from voice_gateway.conversation.core import Conversation
from voice_gateway.conversation.event_log import encode, replay

TEXTS = st.sampled_from(
    ["", "um", "mm hmm", "yes", "no", "where is my order", "four eight two", "this is a scam",
     "i want a person", "okay", "wait", "• • •", "•"]
)  # fmt: skip
TURN_IDS = st.integers(0, 12).map(lambda n: f"t{n}")
IDS = st.integers(1, 8)

EVENTS = st.one_of(
    st.just(ev.SpeechStarted()),
    st.builds(
        ev.SpeechStopped, st.sampled_from([0.0, 0.2]), st.none() | TEXTS.map(transcript)
    ),
    st.builds(ev.AnswerGuessed, TEXTS, st.booleans()),
    st.builds(ev.PartialTranscript, TEXTS),
    st.builds(ev.FinalTranscript, TEXTS.map(transcript)),
    st.builds(ev.Digit, st.sampled_from("0159*#•")),
    st.builds(ev.AssistantMessage, TURN_IDS, st.sampled_from(["Sure.", "Your order is late.", ""])),
    st.builds(
        ev.AssistantExpects, TURN_IDS, st.sampled_from(["free", "digits", "yes_no"]),
        st.just(()), st.sampled_from([None, 3]), st.just(0.0), st.booleans(),
    ),
    st.builds(ev.AssistantSetsPace, TURN_IDS, st.sampled_from([0.5, 0.8, 2.0])),
    st.builds(ev.AssistantHandsOff, TURN_IDS, st.just({"reason": "complaint"})),
    st.builds(ev.AssistantHangsUp, TURN_IDS),
    st.builds(ev.AssistantFinished, TURN_IDS),
    st.builds(ev.AssistantFailed, TURN_IDS, st.just("down")),
    st.builds(ev.PlayoutMark, IDS, st.integers(0, 60), st.booleans()),
    st.builds(ev.SpeechFailed, IDS, st.just("no voice")),
    st.builds(ev.HandoffUnavailable, st.just("We call back at nine.")),
    st.builds(
        ev.WaitEstimated, st.sampled_from([None, 5.0, 50.0, 500.0]),
        st.sampled_from([None, 1, 3]), st.sampled_from([None, "long_wait", "nobody_there"]),
    ),
    st.builds(ev.AgentAccepted, st.just("Sam"), st.booleans()),
    st.just(ev.AgentUnheard()),
    st.just(ev.AgentDeclined()),
    st.builds(ev.AgentSpoke, st.just("Sam"), TEXTS.map(transcript)),
    st.builds(ev.AgentHeld, st.booleans()),
    st.builds(ev.AgentPassedOn, st.just("Sam"), st.sampled_from([None, "billing"])),
    st.just(ev.AgentHungUp()),
    st.builds(ev.AgentSaid, st.sampled_from(["One second.", ""])),
    st.builds(ev.AgentClosed, st.just("resolved")),
    st.just(ev.AgentLost()),
)  # fmt: skip
WAITS = st.sampled_from([0.0, 0.1, 0.3, 0.8, 1.3, 2.5, 6.0])
STEPS = st.lists(st.tuples(WAITS, EVENTS), max_size=40)


def run(
    steps: list[tuple[float, ev.Event]], *, plays: bool, answers: bool, consents: bool = True
) -> World:
    """A call in which anything happens at any time, in a world that works or does not."""
    silent: dict[str, Any] = {"answer": lambda ask: [], "opening": None}
    world = World(plays=plays, **({} if answers else silent))
    world.start("Hello, how can I help?", ask_recording=consents and len(steps) % 3 == 0)
    for wait, event in steps:
        world.wait(wait)
        world.happen(event)
    return world


def is_with_a_voice(world: World) -> bool:
    """Whether an agent has the call who is heard, so that the line owes the caller nothing."""
    conversation = world.conversation
    return conversation.phase == "with_agent" and conversation._agent.voice


calls = given(STEPS, st.booleans(), st.booleans())
# With an agent who came soon, of whom more happens than of anything else.
WITH_AGENT: list[tuple[float, ev.Event]] = [
    (3.0, ev.AssistantHandsOff("t0", {})),
    (0.8, ev.AgentAccepted("Sam", voice=True)),
]


@calls
@settings(max_examples=300, deadline=None)
def test_no_two_utterances_at_once(
    steps: list[tuple[float, ev.Event]], plays: bool, answers: bool
) -> None:
    world = run(steps, plays=plays, answers=answers)
    over: set[int] = set()
    turn_of: dict[str, int] = {}
    last_recorded = ""
    playing: int | None = None
    for _, command in world.commands:
        match command:
            case cmd.RecordTurn(turn_id):
                last_recorded = turn_id
            case cmd.Say(utterance_id):
                assert playing is None, "a second utterance began before the first was over"
                assert utterance_id not in over
                playing = utterance_id
                turn_of[last_recorded] = utterance_id
            case cmd.RecordHeard(turn_id):
                assert turn_of[turn_id] == playing
                over.add(turn_of[turn_id])
                playing = None


@calls
@settings(max_examples=300, deadline=None)
def test_every_turn_is_recorded_before_it_is_acted_on(
    steps: list[tuple[float, ev.Event]], plays: bool, answers: bool
) -> None:
    world = run(steps, plays=plays, answers=answers)
    recorded: dict[str, str] = {}
    for _, command in world.commands:
        match command:
            case cmd.RecordTurn(turn_id, _, text):
                assert turn_id not in recorded, "a turn id is used once"
                recorded[turn_id] = text
            case cmd.AskAssistant(turn_id, text):
                assert turn_id in recorded or text == cmd.START_OF_CALL
            case cmd.Say(_, text):
                assert text == list(recorded.values())[-1]
            case cmd.OfferHandoff(_, _, turn_id):
                assert turn_id is None or turn_id in recorded
            case cmd.RecordHeard(turn_id, heard):
                assert recorded[turn_id].startswith(heard)


@calls
@settings(max_examples=300, deadline=None)
def test_no_state_leaves_the_line_silent_for_ever(
    steps: list[tuple[float, ev.Event]], plays: bool, answers: bool
) -> None:
    world = run(steps, plays=plays, answers=answers)
    for _ in range(30):
        if world.ended:
            return
        if is_with_a_voice(world):
            world.happen(ev.AgentLost())
        sounds = len(world.said())
        world.wait(90)
        assert world.ended or len(world.said()) > sounds, "nothing was said for 90 seconds"
    assert world.ended, "a caller who never says anything again is let go"


@given(STEPS, st.booleans())
@settings(max_examples=300, deadline=None)
def test_the_line_is_not_silent_for_over_two_seconds_while_it_has_the_turn(
    steps: list[tuple[float, ev.Event]], answers: bool
) -> None:
    world = run([], plays=True, answers=answers)
    conversation, has_turn_since = world.conversation, 0.0
    for wait, event in steps:
        world.happen(event)
        for _ in range(max(1, round(wait / 0.1))):
            world.wait(0.1)
            caller_may_speak = (
                conversation._caller.speaking
                or conversation._caller_answers(world.now)
                or conversation._offering_callback
                or not (conversation._awaiting or conversation.phase != "talking")
            )
            heard = conversation._mouth.current or conversation._hold
            if world.ended or heard or caller_may_speak or is_with_a_voice(world):
                has_turn_since = world.now
            typing = conversation.phase == "with_agent" and not conversation._caller_held
            assert world.now - has_turn_since <= (60.1 if typing else 2.01)


@given(STEPS)
@settings(max_examples=300, deadline=None)
def test_the_bot_never_speaks_while_an_agent_is_heard(steps: list[tuple[float, ev.Event]]) -> None:
    happening = [*WITH_AGENT, *(step for step in steps if step[1] != ev.AgentUnheard())]
    world = run(happening, plays=True, answers=False, consents=False)
    speakers: dict[str, str] = {}
    playing = with_voice = False
    for _, command in world.commands:
        match command:
            case cmd.RecordTurn(_, speaker, text):
                speakers[text] = speaker
            case cmd.Say(_, text):
                assert not with_voice or speakers[text] == "agent"
                playing = True
            case cmd.RecordHeard():
                playing = False
            case cmd.Bridge(_, voice):
                with_voice = voice
                assert not (voice and playing), "the bot fell silent for the agent"
            case cmd.Unbridge() | cmd.HangUp():
                with_voice = False
    assert any(isinstance(command, cmd.Bridge) for _, command in world.commands)


@calls
@settings(max_examples=300, deadline=None)
def test_nothing_of_a_code_is_recorded(
    steps: list[tuple[float, ev.Event]], plays: bool, answers: bool
) -> None:
    world = run(steps, plays=plays, answers=answers)
    secret = paused = False
    for _, command in world.commands:
        match command:
            case cmd.Expect():
                secret = command.secret
            case cmd.PauseRecording(on):
                assert on != paused
                assert on or not secret
                paused = on
    assert paused or not secret or world.ended


@calls
@settings(max_examples=200, deadline=None)
def test_replaying_the_event_log_gives_the_same_commands(
    steps: list[tuple[float, ev.Event]], plays: bool, answers: bool
) -> None:
    world = run(steps, plays=plays, answers=answers)
    log = [encode(event, at) for at, event in world.events]
    assert replay(Conversation(ENGLISH), log) == [command for _, command in world.commands]


@calls
@settings(max_examples=200, deadline=None)
def test_nothing_is_done_after_the_call_has_ended(
    steps: list[tuple[float, ev.Event]], plays: bool, answers: bool
) -> None:
    world = run(steps, plays=plays, answers=answers)
    world.happen(ev.CallerHungUp())
    kinds = [
        type(command)
        for _, command in world.commands
        # What an agent said last may be recognised later.
        if not (isinstance(command, cmd.RecordTurn) and command.speaker == "agent")
    ]
    assert kinds.count(cmd.HangUp) == 1
    assert kinds[-1] is cmd.HangUp
    assert not world.conversation.receive(ev.SpeechStarted(), world.now)
