"""State machines of documents and runs, as tables."""

from collections.abc import Mapping
from dataclasses import dataclass

from .findings import TransitionForbidden

# Document: (state, event) -> state.
#   collect   a run exports it          confirm  the lot has arrived
#   release   the lot will never be delivered
#   accept / reject  the accounting system's answer, which may come before the confirmation of the delivery; a document
#   that it rejected may be accepted later: it was corrected there, or only its second delivery was refused
#   change    its content changed here  correct  its anomaly was solved
#   revert    its content is again what was integrated: nothing is left to send
# A change of a document that was sent waits for the answer, which decides whether it is created again or updated.
DOCUMENT_TRANSITIONS = {
    ("to_export", "collect"): "exporting",
    ("to_export", "change"): "to_export",
    ("to_export", "revert"): "integrated",
    ("exporting", "confirm"): "exported",
    ("exporting", "release"): "to_export",
    ("exporting", "change"): "exporting",
    ("exporting", "accept"): "integrated",
    ("exporting", "reject"): "rejected",
    ("exported", "change"): "exported",
    ("exported", "accept"): "integrated",
    ("exported", "reject"): "rejected",
    ("integrated", "change"): "to_export",
    ("rejected", "change"): "to_export",
    ("rejected", "correct"): "to_export",
    ("rejected", "accept"): "integrated",
}

# Stored stage of a document, by its state: whether a sent document has arrived depends on its lot.
STAGES = {
    "to_export": "to_export",
    "exporting": "sent",
    "exported": "sent",
    "integrated": "integrated",
    "rejected": "rejected",
}

# Run: (state, event) -> state. "written": the file is stored, its delivery uncertain; such a run is recovered.
RUN_TRANSITIONS = {
    ("running", "write"): "written",
    ("running", "finish"): "done",
    ("running", "stop"): "stopped",
    ("running", "fail"): "failed",
    ("failed", "retry"): "running",
    ("written", "deliver"): "delivered",
    ("written", "fail"): "written",
    ("written", "abandon"): "failed",
    ("delivered", "finish"): "done",
    ("delivered", "next_batch"): "running",
}


@dataclass(frozen=True, slots=True)
class DocumentStatus:
    """A document's state and its next operation: create until it was accepted once, then update."""

    state: str = "to_export"
    operation: str = "create"


def apply_event(status: DocumentStatus, event: str) -> DocumentStatus:
    """Return the DocumentStatus after an event.

    :raises TransitionForbidden: the event cannot happen in this state
    """
    state = _next(DOCUMENT_TRANSITIONS, status.state, event)
    return DocumentStatus(state, outcome(event)[1] or status.operation)


def outcome(event: str) -> tuple[dict[str, str], str | None]:
    """Return ({state: next state}, new operation or None if unchanged) for an event of documents."""
    after = {state: reached for (state, known), reached in DOCUMENT_TRANSITIONS.items() if known == event}
    return after, "update" if event == "accept" else None


def stages(event: str) -> dict[str, str]:
    """Return {stored stage: stage after it} for an event of documents."""
    return {STAGES[state]: STAGES[reached] for state, reached in outcome(event)[0].items()}


def shown_state(stage: str, has_arrived: bool) -> str:
    """Return the state of a document as shown to users, from its stored stage and whether its lot has arrived."""
    if stage != "sent":
        return stage
    return "exported" if has_arrived else "exporting"


def apply_run_event(state: str, event: str) -> str:
    """Return a run's state after an event.

    :raises TransitionForbidden: the event cannot happen in this state
    """
    return _next(RUN_TRANSITIONS, state, event)


def _next(table: Mapping[tuple[str, str], str], state: str, event: str) -> str:
    try:
        return table[state, event]
    except KeyError:
        raise TransitionForbidden("transition_forbidden", event=event, state=state) from None
