"""How long things may take in a call, in seconds; from DESIGN section 5 unless said otherwise."""

from __future__ import annotations

from dataclasses import dataclass

PACES = (0.5, 2.0)
"""The slowest and the fastest that the line speaks; 1.0 is the voice's own pace."""


@dataclass(frozen=True, slots=True)
class Timing:
    """The patience of the line.

    Args:
        end_of_turn_complete: Silence that ends a turn which completes what was expected.
        end_of_turn_whole: Silence that ends a turn which the assistant takes as complete.
        end_of_turn_opening: Silence that ends a turn of words with which longer ones mostly begin
            ("yes", "hello"), for many go on after half a second.
        end_of_turn: Silence that ends a turn by default.
        end_of_turn_unfinished: Silence allowed inside a number, a spelled word, or after words
            that call for more ("and", "my").
        end_of_turn_searching: Silence allowed to whoever says that they are looking for something.
        end_of_turn_limit: No silence inside a turn lasts longer than this.
        give_way: Voice over the bot's words after which it falls silent until it is known whether
            the caller wants the turn. With the tenth of a second that voice takes to be noticed,
            nobody is talked over for more than 0.3 s.
        turn_limit: A turn longer than this is answered although the caller goes on.
        noise_limit: Voice without any recognised word counts as noise after this long.
        final_wait: How long the recogniser may take for its final result.
        reprompt: Silence after which the caller is asked again.
        filler: The assistant may think this long before the caller hears "one moment".
        filler_again: Silence between two fillers while the assistant goes on thinking.
        assistant_limit: The assistant has failed when it has not finished after this long.
        handoff_wait: How long a person may take to come, whatever was told, before a call-back is
            promised.
        hold_update: Time between two words of comfort on hold.
        callback_again: Time after which a caller who went on waiting is asked again whether they
            would rather be called back.
        withdraw_wait: How long storing a call-back may take.
        agent_idle: Silence with an agent on the line before the caller is told to hold on.
        agent_idle_limit: How often that is said before the line gives up.
        key_pause: Pause after a key of the keypad that ends the number.
        slowest_speech: Characters a second below which playing is taken to be stuck.
        playout_grace: Seconds added to the longest time an utterance may take to be played.
        unheard_speech: Voice at least this long, in which no word is recognised, is answered.
    """

    end_of_turn_complete: float = 0.25
    end_of_turn_whole: float = 0.3
    end_of_turn_opening: float = 0.6
    end_of_turn: float = 0.7
    end_of_turn_unfinished: float = 1.5
    end_of_turn_searching: float = 2.2
    end_of_turn_limit: float = 2.5
    give_way: float = 0.15
    turn_limit: float = 40.0
    noise_limit: float = 2.0
    final_wait: float = 3.0
    reprompt: float = 5.0
    filler: float = 1.2
    filler_again: float = 1.8
    assistant_limit: float = 10.0
    handoff_wait: float = 600.0
    hold_update: float = 20.0
    callback_again: float = 240.0
    withdraw_wait: float = 5.0
    agent_idle: float = 60.0
    agent_idle_limit: int = 10
    key_pause: float = 2.0
    slowest_speech: float = 7.0
    playout_grace: float = 4.0
    unheard_speech: float = 0.8
