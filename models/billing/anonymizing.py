"""Retention: removes personal data from subscriptions that ended long ago; bills, volumes, readings stay."""

from dateutil.relativedelta import relativedelta

from odoo import fields

#: Personal data; what accounting needs (code, accounts) stays.
PERSONAL = (
    "street", "street2", "zip", "city", "state_id", "email", "phone", "website", "vat", "comment", "function",
    "barcode", "image_1920",
)  # fmt: skip
#: Number of partners per transaction.
BATCH = 100


class Anonymizing:
    """Anonymises the subscribers and payers of some ended subscriptions, unless their names are still needed.

    :param env: of the user, whose right to write these subscriptions was checked
    """

    def __init__(self, env):
        # sudo: requested by a manager of the section, or by its setting; partners, messages and portal users are those
        # of its own subscriptions, and their use by other companies is checked before anything changes
        self.env = env(su=True, context={**env.context, "active_test": False})

    def carry_out(self, subscriptions):
        """Anonymise those people of these subscriptions who may be anonymised, with their contacts; return them."""
        subscriptions = subscriptions.with_env(self.env)
        people = (subscriptions.partner_id | subscriptions.payer_id).filtered(lambda p: not p.utility_anonymized_on)
        needed = self._needed(self._with_contacts(people))
        for person in people - needed:
            self._anonymise(person, self._with_contacts(person) - needed)
        return people - needed

    def _with_contacts(self, people):
        """Return these people and their contacts, archived ones too, which `child_ids` leaves out."""
        return people.search([("id", "child_of", people.ids)])

    def _needed(self, people):
        """Return those with another subscription, an unpaid bill, a user account, and suppliers."""
        theirs = self.env["utility.subscription"].search(
            ["|", ("partner_id", "in", people.ids), ("payer_id", "in", people.ids)]
        )
        open_ones = theirs.filtered(lambda s: not s._is_past_retention())
        moves = self.env["account.move"].search(
            [
                ("commercial_partner_id", "in", people.commercial_partner_id.ids),
                "|",
                ("state", "=", "draft"),
                "&",
                ("state", "=", "posted"),
                ("payment_state", "in", ("not_paid", "in_payment", "partial")),
            ]
        )
        return (
            open_ones.partner_id
            | open_ones.payer_id
            | moves.partner_id
            | moves.commercial_partner_id
            | self.env["res.company"].search([("partner_id", "in", people.ids)]).partner_id
            | people.filtered(lambda p: p.supplier_rank or any(not user.share for user in p.user_ids))
        )

    def _anonymise(self, person, contacts):
        for user in contacts.user_ids:
            user.write({"login": f"anonymised-{user.id}", "active": False})
        contacts.write({name: False for name in PERSONAL if name in contacts._fields})
        for contact in contacts:
            contact.name = self.env._("Anonymised %s", contact.id)
        person.utility_anonymized_on = fields.Date.context_today(person)
        contacts.bank_ids.unlink()
        # messages and tracked changes would still contain their names
        contacts.message_ids.unlink()
        theirs = self.env["utility.subscription"].search(
            ["|", ("partner_id", "=", person.id), ("payer_id", "=", person.id)]
        )
        theirs.message_ids.unlink()
        person._forget_names(theirs.filtered(lambda subscription: subscription.partner_id == person), contacts)


def cutoff(today, months):
    """Return the day before which a subscription must have ended."""
    return today - relativedelta(months=months)
