"""Towns that bill already are not asked to set up: the menu still leads there."""


def migrate(cr, version):
    cr.execute(
        """
        UPDATE res_company company SET utility_setup_closed = TRUE
         WHERE EXISTS (SELECT FROM utility_section section
                        JOIN utility_billing_run run ON run.section_id = section.id
                       WHERE section.company_id = company.id)
        """
    )
