"""Odoo's types of the accounts of the French chart."""

# Odoo's account type by the first digits of a French account (plan comptable); the longest match wins.
ACCOUNT_TYPES = {
    "1": "equity", "16": "liability_non_current", "2": "asset_fixed", "28": "asset_non_current", "3": "asset_current",
    "4": "liability_current", "40": "liability_payable", "409": "asset_current", "41": "asset_receivable",
    "419": "liability_current", "4456": "asset_current", "4457": "liability_current", "46": "asset_current",
    "467": "asset_current", "5": "asset_cash", "58": "asset_current", "6": "expense", "68": "expense_depreciation",
    "7": "income", "75": "income_other", "77": "income_other", "8": "off_balance",
}  # fmt: skip


def type_of_account(code):
    """Return the type of an account, by its code."""
    prefixes = (code[:size] for size in range(len(code), 0, -1))
    return next((ACCOUNT_TYPES[prefix] for prefix in prefixes if prefix in ACCOUNT_TYPES), "asset_current")
