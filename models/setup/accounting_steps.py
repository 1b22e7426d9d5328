"""Steps that prepare the accounting of the budgets: charts, VAT, journals, products and tariffs."""

from dateutil.relativedelta import relativedelta

from odoo import fields
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tools.misc import get_lang

from .step import Step

WATER, SEWERAGE = "water", "sewerage"
#: VAT of a service (CGI art. 278-0 bis A, 279 b) and the scope that the chart gives its tax, by service.
VAT = {WATER: (5.5, "consu"), SEWERAGE: (10.0, "service")}
RATES = (5.5, 10.0)
#: First digits of revenue accounts in the plan comptable général; the first existing account is used.
ACCOUNTS = {WATER: ("7011", "701", "70"), SEWERAGE: ("7061", "706", "70")}


class Companies(Step):
    """A company for each budget, in its country, with a chart of accounts."""

    makes = "account.group_account_manager"
    opens = "base.group_system"

    def is_done(self):
        return not self._without_chart() and all(company.country_id for company in self.budgets)

    def found(self):
        return self._names(self.budgets)

    def make(self):
        nowhere = self.budgets.filtered(lambda company: not company.country_id)
        if nowhere:
            raise UserError(self.env._("Give the country of %s first.", self._names(nowhere)))
        for company in self._without_chart():
            self.env["account.chart.template"].try_loading(None, company)

    def open(self):
        return self._action("base.action_res_company_form")

    def _without_chart(self):
        accounts = self.env["account.account"]
        return self.budgets.filtered(
            lambda c: not accounts.with_company(c).search_count(accounts._check_company_domain(c), limit=1)
        )


class Vat(Step):
    """The reduced VAT rates, which are archived in the French chart."""

    makes = "account.group_account_manager"
    opens = "account.group_account_manager"

    def is_done(self):
        return all(find_taxes(self.env, company, rate) for company in self.budgets for rate in self._rates(company))

    def found(self):
        rates = {
            rate: all(find_taxes(self.env, company, rate) for company in self.budgets if rate in self._rates(company))
            for rate in RATES
        }
        return ", ".join(shown_rate(self.env, rate) for rate, is_on in rates.items() if is_on)

    def make(self):
        lacking = []
        for company in self.budgets:
            for rate in self._rates(company):
                taxes = find_taxes(self.env, company, rate, active_test=False)
                taxes.active = True
                lacking += [] if taxes else [f"{company.name} ({shown_rate(self.env, rate)})"]
        if lacking:
            raise UserError(
                self.env._(
                    "The chart of accounts has no sales tax for %s: create it, or load the French chart.",
                    ", ".join(lacking),
                )
            )

    def open(self):
        return self._action("account.action_tax_form", context={"search_default_sale": True, "active_test": False})

    def _rates(self, company):
        """Return the rates of the company's sections; both rates if it has no section yet."""
        sections = self.sections.filtered(lambda section: section.company_id == company)
        return {VAT[service][0] for service in sections.mapped("service") if service in VAT} or RATES


def shown_rate(env, rate):
    """Return a rate as the user's language writes it: 5,5 %."""
    return f"{rate:n} %".replace(".", get_lang(env).decimal_point)


def find_taxes(env, company, rate, active_test=True):
    """Return the sales taxes of a rate, price excluded."""
    taxes = env["account.tax"].with_context(allowed_company_ids=company.ids, active_test=active_test)
    domain = [
        ("company_id", "=", company.id),
        ("type_tax_use", "=", "sale"),
        ("amount_type", "=", "percent"),
        ("amount", "=", rate),
    ]
    return taxes.search(domain).filtered(lambda tax: not tax.price_include)


class Sections(Step):
    """A section for each budget, with its sales journal."""

    makes = "account.group_account_manager"

    def is_done(self):
        return bool(self.sections) and all(section.journal_id for section in self.sections)

    def found(self):
        return self._names(self.sections)

    def lacking(self):
        lacking = self._without_section()
        return self.env._("No section yet: %s", self._names(lacking)) if lacking else ""

    def make(self):
        services = [s for s in (WATER, SEWERAGE) if s not in self.sections.mapped("service")]
        for company in self._without_section():
            self._make_section(company, services.pop(0) if services else "other")
        for section in self.sections.filtered(lambda s: not s.journal_id):
            section.journal_id = self._journal(section)
        return self.open()

    def open(self):
        return self._action("utility_section_action")

    def _without_section(self):
        return self.env.companies - self.sections.company_id

    def _make_section(self, company, service):
        name, code = {
            WATER: (self.env._("WATER"), self.env._("WAT")),
            SEWERAGE: (self.env._("SEWERAGE"), self.env._("SEW")),
        }.get(service, (company.name, "1"))
        sections = self.env["utility.section"].with_company(company)
        values = {"name": name, "code": code, "service": service, "company_id": company.id}
        sections.create({**values, "sequence": 10 * (len(self.sections) + 1)})

    def _journal(self, section):
        journals = self.env["account.journal"].with_company(section.company_id)
        code = section.code[:5].upper()
        known = journals.search([("code", "=", code), ("company_id", "=", section.company_id.id)])
        if known.type == "sale":
            return known
        values = {"name": self.env._("Bills %s", section.name), "type": "sale", "company_id": section.company_id.id}
        # another kind of journal has that code: Odoo gives a free one
        return journals.create(values if known else {**values, "code": code})


class Tariffs(Step):
    """Products with their account and VAT, and a tariff whose prices the user fills in."""

    makes = "account.group_account_manager"

    def is_done(self):
        sections = self.sections
        priced = self._every("utility.tariff.line")
        groups = priced._read_group([("price", ">", 0)], ["version_id"])
        return bool(sections) and sections <= self.env["utility.section"].union(
            *(version.tariff_id.section_id for (version,) in groups)
        )

    def found(self):
        return self._names(self._tariffs())

    def make(self):
        if not self.sections:
            raise UserError(self.env._("Create the sections first."))
        made = self.env["utility.tariff"]
        for section in self.sections - self._tariffs().section_id:
            made |= self._make_tariff(section)
        return self.open() if len(made) != 1 else {**self.open(), "res_id": made.id, "views": [(False, "form")]}

    def open(self):
        return self._action("utility_tariff_action")

    def _tariffs(self):
        return self._every("utility.tariff").search([])

    def _make_tariff(self, section):
        lines = [
            Command.create({"product_id": self._product(section, name).id, "kind": kind, "price": 0, **values})
            for name, kind, values in self._lines(section)
        ]
        return (
            self.env["utility.tariff"]
            .with_company(section.company_id)
            .create(
                {
                    "name": self.env._("%s – households", section.name),
                    "section_id": section.id,
                    "version_ids": [Command.create({"date_start": self._first_day(), "line_ids": lines})],
                }
            )
        )

    def _first_day(self):
        """Return a day before the period of the first bills, which began with the last ones of the former software."""
        return fields.Date.start_of(fields.Date.today() - relativedelta(years=1), "year")

    def _lines(self, section):
        """Return the headings of the order of 10 July 1996 and the levies of 2025 (C. env. L.213-10-4 to -6)."""
        if section.service == SEWERAGE:
            return [
                (self.env._("Sewerage, fixed part"), "fixed", {"per": "year"}),
                (self.env._("Wastewater collection and treatment"), "block", {}),
                (self.env._("Levy on the performance of sewerage systems"), "levy", {}),
            ]
        if section.service != WATER:
            return [
                (self.env._("%s, fixed part", section.name), "fixed", {"per": "year"}),
                (self.env._("%s, volume", section.name), "block", {}),
            ]
        return [
            (self.env._("Water, fixed part"), "fixed", {"per": "year"}),
            (self.env._("Water drawn"), "block", {}),
            (self.env._("Levy on drinking water drawn"), "levy", {}),
            (self.env._("Levy on the performance of drinking water networks"), "levy", {}),
        ]

    def _product(self, section, name):
        company = section.company_id
        products = self.env["product.product"].with_company(company)
        known = products.search([("name", "=", name), ("company_id", "=", company.id)], limit=1)
        return known or products.create(
            {
                "name": name,
                "type": "service",
                "company_id": company.id,
                "purchase_ok": False,
                "property_account_income_id": self._account(section).id,
                "taxes_id": [Command.set(self._tax(section).ids)],
            }
        )

    def _account(self, section):
        accounts = self.env["account.account"].with_company(section.company_id)
        income = [*accounts._check_company_domain(section.company_id), ("account_type", "=", "income")]
        for start in ACCOUNTS.get(section.service, ("70",)):
            if found := accounts.search([*income, ("code", "=like", f"{start}%")], order="code", limit=1):
                return found
        return accounts.search(income, order="code", limit=1)

    def _tax(self, section):
        rate, scope = VAT.get(section.service, VAT[SEWERAGE])
        taxes = find_taxes(self.env, section.company_id, rate)
        if not taxes:
            raise UserError(
                self.env._(
                    "Switch on the VAT rates first: %(company)s has no tax of %(rate)s.",
                    company=section.company_id.name,
                    rate=shown_rate(self.env, rate),
                )
            )
        return (taxes.filtered(lambda tax: tax.tax_scope == scope) or taxes)[0]
