"""The state tables: every pair of state and event, allowed or refused by a typed error."""

import unittest
from itertools import product

from ..ledger.findings import TransitionForbidden
from ..ledger.states import (
    DOCUMENT_TRANSITIONS,
    RUN_TRANSITIONS,
    DocumentStatus,
    apply_event,
    apply_run_event,
    shown_state,
    stages,
)
from .sentences import whole


def follow(*events, status=None):
    status = status or DocumentStatus()
    for event in events:
        status = apply_event(status, event)
    return status.state, status.operation


class TestStates(unittest.TestCase):
    def test_each_pair_of_state_and_event(self):
        """Written out by hand, from the delivery protocol; every other pair is refused."""
        allowed = {
            "to_export": {"collect": "exporting", "change": "to_export", "revert": "integrated"},
            "exporting": {
                "confirm": "exported",
                "release": "to_export",
                "change": "exporting",
                "accept": "integrated",
                "reject": "rejected",
            },
            "exported": {"change": "exported", "accept": "integrated", "reject": "rejected"},
            "integrated": {"change": "to_export"},
            "rejected": {"change": "to_export", "correct": "to_export", "accept": "integrated"},
        }
        events = ("collect", "confirm", "release", "accept", "reject", "change", "correct", "revert", "forget")
        for state, event in product(allowed, events):
            with self.subTest(state=state, event=event):
                if event in allowed[state]:
                    self.assertEqual(apply_event(DocumentStatus(state), event).state, allowed[state][event])
                else:
                    with self.assertRaises(TransitionForbidden) as caught:
                        apply_event(DocumentStatus(state), event)
                    self.assertEqual(whole(caught.exception).params, {"event": event, "state": state})
        self.assertEqual(len(DOCUMENT_TRANSITIONS), sum(map(len, allowed.values())))

    def test_each_pair_of_a_run(self):
        allowed = {
            "running": {"write": "written", "finish": "done", "stop": "stopped", "fail": "failed"},
            "failed": {"retry": "running"},
            "written": {"deliver": "delivered", "fail": "written", "abandon": "failed"},
            "delivered": {"finish": "done", "next_batch": "running"},
            "done": {},
            "stopped": {},
        }
        events = ("write", "finish", "stop", "fail", "retry", "deliver", "abandon", "next_batch")
        for state, event in product(allowed, events):
            with self.subTest(state=state, event=event):
                if event in allowed[state]:
                    self.assertEqual(apply_run_event(state, event), allowed[state][event])
                else:
                    with self.assertRaises(TransitionForbidden):
                        apply_run_event(state, event)
        self.assertEqual(len(RUN_TRANSITIONS), sum(map(len, allowed.values())))

    def test_what_is_kept_of_it(self):
        """The document does not store whether it has arrived: that is the state of its lot."""
        self.assertEqual(stages("collect"), {"to_export": "sent"})
        self.assertEqual(stages("confirm"), {"sent": "sent"})
        self.assertEqual(stages("accept"), {"sent": "integrated", "rejected": "integrated"})
        self.assertEqual(stages("change")["rejected"], "to_export")
        self.assertEqual([shown_state("sent", arrived) for arrived in (False, True)], ["exporting", "exported"])
        self.assertEqual([shown_state("rejected", arrived) for arrived in (False, True)], ["rejected"] * 2)

    def test_a_document_goes_out_whole_then_as_updates(self):
        self.assertEqual(follow("collect", "confirm"), ("exported", "create"))
        self.assertEqual(follow("collect", "confirm", "accept"), ("integrated", "update"))
        self.assertEqual(follow("collect", "confirm", "accept", "change"), ("to_export", "update"))
        again = ("collect", "confirm", "accept", "change", "collect", "confirm")
        self.assertEqual(follow(*again, "reject"), ("rejected", "update"))
        self.assertEqual(follow(*again, "reject", "correct"), ("to_export", "update"))

    def test_a_rejected_creation_is_created_again(self):
        self.assertEqual(follow("collect", "confirm", "reject", "correct"), ("to_export", "create"))

    def test_a_change_on_its_way_waits_for_the_answer(self):
        self.assertEqual(follow("collect", "change"), ("exporting", "create"))
        self.assertEqual(follow("collect", "confirm", "change"), ("exported", "create"))

    def test_an_answer_may_come_before_our_own_confirmation(self):
        self.assertEqual(follow("collect", "accept"), ("integrated", "update"))

    def test_nothing_that_left_is_collected_again(self):
        for events in (("collect",), ("collect", "confirm"), ("collect", "confirm", "accept")):
            with self.assertRaises(TransitionForbidden):
                follow(*events, "collect")
