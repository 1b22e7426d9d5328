"""A town of subscribers with a quarter to bill."""

from datetime import date

from odoo.addons.utility_billing_sync.tests.support.billing import Q1, BillingCase


class Town(BillingCase):
    """The tests' town, with a given number of subscribers."""

    @classmethod
    def build(cls, environment, size):
        cls.env = environment
        cls.env.user.group_ids |= cls.env.ref("utility_billing_sync.group_utility_manager")
        cls.section = cls.make_section("EAU", "water")
        cls.env = environment(context=dict(environment.context, allowed_company_ids=cls.section.company_id.ids))
        cls.section = cls.section.with_env(cls.env)
        for name in ("fixed", "water", "levy"):
            setattr(cls, name, cls.make_product(name, cls.section, 5.5))
        cls.tariff = cls.make_tariff(cls.section)
        for first in range(0, size, 1000):
            cls.populate(range(first, min(first + 1000, size)))
            cls.env.cr.commit()
            cls.env.invalidate_all()
        return cls

    @classmethod
    def populate(cls, numbers):
        country = cls.env.ref("base.fr").id
        meters = cls.env["utility.meter"].create(
            [{"serial_number": f"B{n:06}", "section_id": cls.section.id} for n in numbers]
        )
        partners = cls.env["res.partner"].create([{"name": f"Abonné {n}", "country_id": country} for n in numbers])
        cls.env["utility.subscription"].create(
            [
                {"partner_id": p.id, "meter_id": m.id, "date_start": date(2020, 1, 1), "tariff_id": cls.tariff.id}
                for p, m in zip(partners, meters, strict=True)
            ]
        )
        cls.env["utility.reading"].create(
            [
                {"meter_id": meter.id, "date": day, "index": index}
                for rank, meter in enumerate(meters)
                for day, index in ((Q1[0], 0), (Q1[1], 20 + rank % 60))
            ]
        ).action_confirm()
