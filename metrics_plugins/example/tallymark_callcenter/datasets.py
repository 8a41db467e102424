"""What a call centre's telephone system and roster hold, as datasets of this pack."""

from tallymark_sdk.model.declare import choice, integer, moment, ref, source_key, text
from tallymark_sdk.model.types import Dataset

CALLS = Dataset(
    name="callcenter_calls",
    description="Calls that reached a queue, answered or not.",
    columns=(
        text("queue", "The queue that the call was put into."),
        ref("rep_id", "reps", "The agent who answered; empty if nobody did."),
        source_key("caller_id", "Who called: a number or a customer, as the telephone system knows them."),
        choice("outcome", "What became of the call.", "answered", "abandoned", "overflowed"),
        moment("offered_at", "When the call reached the queue."),
        integer("wait_seconds", "How long the caller waited, until answered or gone.", "seconds"),
        integer("talk_seconds", "How long they spoke.", "seconds"),
        integer("hold_seconds", "How long the caller was on hold; empty for never.", "seconds"),
        integer(
            "wrap_seconds", "How long the agent worked on it afterwards; empty for not at all.", "seconds"
        ),
        moment("resolved_at", "When the caller's issue was settled; empty while it is open."),
    ),
)

SHIFTS = Dataset(
    name="callcenter_shifts",
    description="Agents' shifts as worked, breaks taken out.",
    columns=(
        ref("rep_id", "reps", "The agent."),
        moment("started_at", "When the shift began."),
        integer("staffed_seconds", "How long the agent was there for calls.", "seconds"),
    ),
)

DATASETS = (CALLS, SHIFTS)
