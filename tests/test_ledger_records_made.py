"""Records that are created for codes without one, presets of layouts, and the key of a server."""

from odoo import Command
from odoo.exceptions import UserError

from ..core.ledger.presets import PRESETS
from ..models.ledger_codes.account_types import type_of_account
from ..models.ledger_codes.binding import Binder
from .support.ledger import CONNECTOR_MANAGER, LedgerCase

KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl"


class TestRecordsMade(LedgerCase):
    def make(self, kind, **codes):
        """Return the records that are made for these codes, {code: record}; `codes` are {code: (name, details)}."""
        made = self.env["ledger.code"].create(
            [
                {
                    "connector_id": self.connector.id,
                    "company_id": self.water.id,
                    "company_code": "EAU",
                    "kind": kind,
                    "code": code,
                    "name": name,
                    "details": details,
                }
                for code, (name, details) in codes.items()
            ]
        )
        self.assertEqual(Binder(self.connector).bind(kind, self.water), [])
        self.env.invalidate_all()
        model = self.env[made[0].res_model].with_company(self.water)
        return {code.code: model.browse(code.res_id or ()) for code in made}

    def test_third_parties(self):
        self.water.partner_id.lang = "en_US"
        address = {"street": "1 rue du Lavoir", "street2": "Bâtiment B", "zip": "63000", "city": "Clermont"}
        made = self.make(
            "third_party",
            T1=("Pompes", {"type": "supplier", "country": "fr", "email": "a@b.fr", **address}),
            T2=("Durand", {"type": "customer", "country": "BE"}),
            T3=(False, {"type": "both", "country": "??"}),
            T4=("Quatre", False),
        )
        for code, name, is_company, customer, supplier, country in (
            ("T1", "Pompes", True, 0, 1, "FR"),
            ("T2", "Durand", False, 1, 0, "BE"),
            ("T3", "T3", True, 1, 1, False),
            ("T4", "Quatre", False, 1, 0, False),
        ):
            partner = made[code]
            with self.subTest(code):
                self.assertEqual((partner.name, partner.ref, partner.is_company), (name, code, is_company))
                self.assertEqual((partner.customer_rank, partner.supplier_rank), (customer, supplier))
                self.assertEqual((partner.country_id.code, partner.company_id), (country, self.water))
                self.assertEqual((partner.lang, partner.active, partner.user_id.ids), ("en_US", True, []))
                self.assertFalse(partner.message_partner_ids, "nobody follows what an import makes")
        values = {name: made["T1"][name] for name in address}
        self.assertEqual((values, made["T1"].email), (address, "a@b.fr"))
        self.assertFalse(made["T2"].street or made["T2"].email)

    def test_accounts(self):
        """The longest beginning of the French chart decides; accounts of third parties are reconciled."""
        types = {
            "101": "equity",
            "164": "liability_non_current",
            "2154": "asset_fixed",
            "2815": "asset_non_current",
            "31": "asset_current",
            "4011": "liability_payable",
            "4091": "asset_current",
            "4111": "asset_receivable",
            "4191": "liability_current",
            "421": "liability_current",
            "44566": "asset_current",
            "44571": "liability_current",
            "462": "asset_current",
            "471": "liability_current",
            "512": "asset_cash",
            "58": "asset_current",
            "606": "expense",
            "6811": "expense_depreciation",
            "706": "income",
            "752": "income_other",
            "773": "income_other",
            "801": "off_balance",
            "9": "asset_current",
            "": "asset_current",
        }
        self.assertEqual({code: type_of_account(code) for code in types}, types)
        codes = {code + "777": (f"Compte {code}", {}) for code in types if code}
        for code, account in self.make("account", **codes).items():
            kind = types[code.removesuffix("777")]
            with self.subTest(code):
                self.assertEqual((account.code, account.account_type), (code, kind))
                self.assertEqual(account.reconcile, kind in ("asset_receivable", "liability_payable"))
                self.assertEqual((account.name, account.company_ids), (f"Compte {code[:-3]}", self.water))

    def test_journals(self):
        kinds = {"sale": "sale", "purchase": "purchase", "general": "general", "bank": "general", "x": "general"}
        codes = {f"LONG{place}CODE": (False, {"type": kind}) for place, kind in enumerate(kinds)}
        self.record("journal", "ACH").copy({"code": "LONG0", "active": False})
        made = self.make("journal", **codes, SANS=("Sans type", False))
        self.assertEqual([journal.type for journal in made.values()], [*kinds.values(), "general"])
        short = [journal.code for journal in made.values()]
        self.assertEqual(len({*short, "LONG0"}), len(short) + 1, "no two journals have one code, nor an archived one")
        self.assertLessEqual(max(map(len, short)), 5)
        self.assertEqual(made["LONG0CODE"].name, "LONG0CODE")
        self.assertEqual({journal.company_id for journal in made.values()}, {self.water})

    def test_nothing_is_made_unless_the_connector_says_so(self):
        self.connector.write({"create_accounts": False, "create_journals": False, "create_third_parties": False})
        for kind in ("third_party", "account", "journal", "payment_mode", "analytic_section"):
            with self.subTest(kind):
                self.assertFalse(self.make(kind, N1=("Un", {}))["N1"])


class TestPresets(LedgerCase):
    def test_a_preset_that_is_missing_is_created_again_and_others_stay(self):
        preset = self.env.ref("utility_billing_sync.ledger_layout_fec")
        kept = self.connector.entries_layout_id
        kept.delimiter = "bar"
        core = preset._to_core()
        preset.unlink()
        self.env["ledger.layout"]._load_presets()
        again = self.env.ref("utility_billing_sync.ledger_layout_fec")
        self.assertEqual(again._to_core(), core)
        self.assertEqual(again.sequence, list(PRESETS).index("fec"))
        self.assertEqual(kept.delimiter, "bar", "what an administrator changed")
        data = self.env["ir.model.data"].search([("model", "=", "ledger.layout"), ("res_id", "=", again.id)])
        self.assertTrue(data.noupdate)

    def test_a_layout_of_answers_knows_the_usual_words(self):
        shipped = self.connector.acknowledgement_layout_id
        columns = [
            Command.create({"name": column.name, "attribute": column.attribute, "sequence": column.sequence})
            for column in shipped.column_ids
        ]
        values = {"name": "Réponses", "flow": "acknowledgement", "file_name": "AR_{lot}.txt", "column_ids": columns}
        with_words, without = self.env["ledger.layout"].create([values, {**values, "word_ids": []}])
        words = {(word.attribute, word.there, word.here) for word in with_words.word_ids}
        self.assertLess({("status", "OK", "accepted"), ("status", "KO", "rejected")}, words)
        self.assertFalse(without.word_ids)
        self.assertEqual(with_words.word_ids[0].known_values, "accepted, rejected, pending")

    def test_decimals_of_columns(self):
        """Amounts have two decimals, rates six; an administrator's other number of decimals stays for amounts."""
        layout = self.connector.entries_layout_id.copy()
        columns = self.env["ledger.column"].create(
            [
                {"layout_id": layout.id, "name": "a", "attribute": "amount"},
                {"layout_id": layout.id, "name": "b", "attribute": "rate"},
                {"layout_id": layout.id, "name": "c", "attribute": "amount", "decimals": 4},
            ]
        )
        self.assertEqual(columns.mapped("decimals"), [2, 6, 4])

    def test_layouts_of_a_connector_of_others_are_read_only(self):
        """So are the presets, which it may choose; an archived connector may be reactivated."""
        mine, preset = self.connector.entries_layout_id, self.env.ref("utility_billing_sync.ledger_layout_fec")
        copied = mine.copy()
        stranger = self.user("stranger", CONNECTOR_MANAGER, self.env["res.company"].create({"name": "Voirie"}))
        self.connector.entries_layout_id = copied
        (unused := copied.copy()).active = False
        for active in (True, False):
            self.connector.active = active
            for layout, expected in ((copied, True), (preset, True), (unused, False)):
                with self.subTest(layout.name, active=active):
                    self.assertEqual(layout.with_user(stranger).is_read_only, expected)
                    self.assertFalse(layout.is_read_only, "to who may enter its companies")

    def test_a_layout_in_use_is_not_deleted(self):
        layout = self.connector.updates_layout_id
        with self.assertRaisesRegex(UserError, f"is used by a connector \\({self.connector.name}\\)"):
            layout.active = False
        with self.assertRaisesRegex(UserError, "is used by a connector"):
            layout.unlink()


class TestKeyOfServer(LedgerCase):
    def test_an_approved_key_is_of_its_server(self):
        """Approving is noted; another host, port or protocol needs another approval, another user name does not."""
        manager = self.user("manager", CONNECTOR_MANAGER)
        connector = self.connector
        connector.write({"host": "sftp.town.fr", "username": "odoo", "directory": "eau", "protocol": "sftp"})
        mine = connector.with_user(manager).with_context(allowed_company_ids=self.companies.ids)
        mine.action_approve_host_key()
        self.assertFalse(connector.host_key, "no key was shown")
        for change, forgotten in (
            ({"username": "other"}, False),
            ({"host": "sftp.other.fr"}, True),
            ({"port": 2222}, True),
            ({"protocol": "local"}, True),
        ):
            connector._by_server().write({"host_key_shown": KEY, "host_key": False})
            mine.action_approve_host_key()
            self.assertEqual((connector.host_key, connector.host_key_shown), (KEY, False))
            self.assertIn(f"Server key approved: {connector.host_key_fingerprint}", connector.message_ids[0].body)
            with self.subTest(change):
                mine.write(change)
                self.assertEqual(bool(connector.host_key), not forgotten)

    def test_secrets_are_written_and_never_read(self):
        mine = self.connector.with_user(self.user("manager", CONNECTOR_MANAGER))
        self.assertFalse(mine.has_secret)
        for name in ("passphrase", "password", "private_key"):
            mine.write({f"{name}_input": f"my {name}"})
            self.assertFalse(mine[f"{name}_input"])
            self.assertEqual(mine.sudo()[name], f"my {name}")
            self.assertEqual(mine.has_secret, name != "passphrase")
            mine.write({f"{name}_input": False})
            self.assertEqual(mine.sudo()[name], f"my {name}", "an empty input leaves it")
