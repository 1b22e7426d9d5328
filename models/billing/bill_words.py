"""Sentences on a section's bills, in a language; each is a setting of the section, or a legal default."""

from odoo.tools import format_date, formatLang


class BillWords:
    """Sentences of one section's bills in one language.

    :param section: section, in the language of the bills
    """

    def __init__(self, section):
        self.section = section
        self.env = section.env
        self.company = section.company_id

    def sender(self) -> dict:
        """Return the issuer of the bills and how to contact it (arrêté of 10 July 1996, article 5)."""
        section, partner = self.section, self.company.partner_id
        address = section.sender_address or partner._display_address(without_company=True)
        return {
            "name": section.sender_name or self.company.name,
            "address": _lines(address),
            "phone": section.sender_phone or self.company.phone or "",
            "email": section.sender_email or self.company.email or "",
            "hours": section.opening_hours or "",
            "emergency": section.emergency_phone or "",
            "registry": self.company.company_registry or "",
            "vat": self.company.vat or "",
        }

    def payment_means(self, number: str) -> str:
        """Return how to pay.

        :param number: reference of the payment; empty on a draft, which has none yet
        """
        account = self.section.journal_id.bank_account_id or self.company.partner_id.bank_ids[:1]
        if self.section.payment_means:
            return self.section.payment_means
        if account:
            name = " ".join(filter(None, [account.acc_number, account.bank_bic]))
            if not number:
                return self.env._("By transfer to %s, or by cheque to the address above.", name)
            return self.env._(
                "By transfer to %(account)s with the reference %(number)s, or by cheque to the address above.",
                account=name,
                number=number,
            )
        if not number:
            return self.env._("By transfer or by cheque to the address above.")
        return self.env._("By transfer or by cheque to the address above, with the reference %s.", number)

    def standing(self) -> list[str]:
        """Return the sentences common to all bills of the section."""
        section, sentences = self.section, []
        if section.has_public_accountant:
            issuer = ", ".join(filter(None, [section.issuer_name, section.issuer_capacity]))
            if issuer:
                sentences.append(self.env._("Issued by %s.", issuer))
            sentences.append(section.appeal_text or self._appeal())
        sentences.append(section.mediator or self._mediator())
        if section.quality_note_ids:
            sentences.append(self.env._("The yearly note on the quality of water is enclosed."))
        return sentences

    def _appeal(self) -> str:
        return self.env._(
            "Within two months of this notice, the sum may be contested before the competent court (article L.1617-5 "
            "of the Code général des collectivités territoriales); a complaint to the issuer does not extend that time "
            "limit."
        )

    def _mediator(self) -> str:
        return self.env._(
            "If a complaint has no satisfactory answer within two months: Médiation de l'eau, BP 40463, 75366 Paris "
            "Cedex 08, www.mediation-eau.fr."
        )

    def business(self, partner) -> list[str]:
        """Return the statements required on a business customer's bill (decree 2022-1299)."""
        if not partner.commercial_partner_id.is_company:
            return []
        firm, parts = partner.commercial_partner_id, []
        siren = "".join(filter(str.isdigit, firm.company_registry or ""))[:9]
        if siren:
            parts.append(self.env._("Customer's SIREN: %s.", siren))
        categories = dict(self.section._fields["operation_category"]._description_selection(self.env))
        if self.section.operation_category:
            parts.append(self.env._("Category of operation: %s.", categories[self.section.operation_category].lower()))
        if self.section.vat_on_debits:
            parts.append(self.env._("Option to pay the tax on debits."))
        return parts

    def balance(self, amount, currency) -> str:
        """Return the sentence about the balance of earlier bills (article 6), or about the payer's credit."""
        if amount < 0:
            return self.env._(
                "Paid in excess on earlier bills, on this bill's date: %s.",
                formatLang(self.env, -amount, currency_obj=currency),
            )
        return self.env._(
            "Balance due on earlier bills, on this bill's date: %s.",
            formatLang(self.env, amount, currency_obj=currency),
        )

    def reference(self, start, end) -> str:
        """Return the sentence about the days from which an instalment is estimated (article 7)."""
        return self.env._(
            "Volume estimated from the consumption from %(start)s to %(end)s.",
            start=format_date(self.env, start),
            end=format_date(self.env, end),
        )

    def reading_days(self) -> str:
        """Return the rule by which the days of consumptions follow from those of readings."""
        return self.env._("Each consumption goes from the day of a reading to the day before the next one.")

    def price_changes(self, days) -> str:
        """Return the sentence of the first bill with new prices (article 9)."""
        return self.env._("Prices changed on %s.", ", ".join(format_date(self.env, day) for day in days))

    def flat(self, price) -> list[str]:
        """Return the statements required about a flat rate (article 2)."""
        parts = []
        if price:
            amount = formatLang(self.env, price, digits=4, currency_obj=False)
            parts.append(self.env._("Price of a further m³ before tax: %s €.", amount))
        if self.section.flat_authorisation:
            parts.append(self.env._("Flat rate authorised by: %s.", self.section.flat_authorisation))
        return parts

    def settled(self, numbers) -> str:
        return self.env._("Deduction of the amounts of these bills: %s.", ", ".join(numbers))


def _lines(text) -> list[str]:
    return [line.strip() for line in (text or "").splitlines() if line.strip()]
