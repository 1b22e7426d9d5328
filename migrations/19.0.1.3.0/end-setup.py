"""Hides the setup on the dashboard of towns that bill already; it stays in the menu."""


def migrate(cr, version):
    cr.execute(
        """
        UPDATE res_company company SET utility_setup_closed = TRUE
         WHERE EXISTS (SELECT FROM utility_section section
                        JOIN utility_billing_run run ON run.section_id = section.id
                       WHERE section.company_id = company.id)
        """
    )
