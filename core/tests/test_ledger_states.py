"""The state tables: every pair of state and event, allowed or refused by a typed error."""

import unittest
from itertools import product

from ..ledger.findings import TransitionForbidden
from ..ledger.states import (
    DOCUMENT_STATES,
    DOCUMENT_TRANSITIONS,
    RUN_STATES,
    RUN_TRANSITIONS,
    RUNS_TO_RECOVER,
    DocumentStatus,
    apply_event,
    apply_run_event,
    is_removable,
)


def follow(*events, status=None):
    status = status or DocumentStatus()
    for event in events:
        status = apply_event(status, event)
    return status.state, status.operation


class TestStates(unittest.TestCase):
    def test_every_pair(self):
        for states, table, apply in (
            (
                DOCUMENT_STATES,
                DOCUMENT_TRANSITIONS,
                lambda state, event: apply_event(DocumentStatus(state), event).state,
            ),
            (RUN_STATES, RUN_TRANSITIONS, apply_run_event),
        ):
            events = {event for _state, event in table}
            self.assertLessEqual(set(table.values()), set(states))
            for state, event in product(states, events):
                if (state, event) in table:
                    self.assertEqual(apply(state, event), table[state, event])
                else:
                    with self.assertRaises(TransitionForbidden):
                        apply(state, event)

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

    def test_only_what_never_left_may_be_forgotten(self):
        self.assertTrue(is_removable(DocumentStatus()))
        self.assertFalse(is_removable(DocumentStatus("exporting")))
        self.assertFalse(is_removable(DocumentStatus("to_export", "update")))

    def test_runs_that_are_not_over_are_recovered(self):
        for state in RUNS_TO_RECOVER:
            with self.assertRaises(TransitionForbidden):
                apply_run_event(state, "stop")
