"""Shipped layouts of reference codes have an English name in English, unless somebody renamed them."""

KINDS = (
    "account",
    "analytic axis",
    "analytic section",
    "company",
    "journal",
    "payment mode",
    "third party",
    "vat profile",
)
RENAMED = """
    UPDATE ledger_layout
       SET name = name || jsonb_build_object('en_US', %s::text)
     WHERE name ->> 'en_US' = %s
"""


def migrate(cr, _version):
    for kind in KINDS:
        cr.execute(RENAMED, [f"Reference codes: {kind.replace('vat', 'VAT')}", f"Référentiel: {kind}"])
