"""A list exported by Odoo and imported again as it is changes nothing, and is not refused."""

import csv
import io

from odoo import Command

from .access_town import AccessCase
from .support.language import add_french

#: model: who enters its records, in lists that Odoo imports
LISTS = {
    "ledger.approval.level": "connector manager",
    "ledger.column": "connector manager",
    "ledger.connector": "connector manager",
    "ledger.layout": "connector manager",
    "ledger.word": "connector manager",
    "utility.billing.run": "person in charge",
    "utility.connection.point": "person in charge",
    "utility.dwelling.class": "person in charge",
    "utility.meter": "person in charge",
    "utility.reading": "person in charge",
    "utility.reading.word": "person in charge",
    "utility.section": "person in charge",
    "utility.subscription": "person in charge",
    "utility.tariff": "person in charge",
    "utility.tariff.line": "person in charge",
    "utility.tariff.version": "person in charge",
    "utility.telemetry.source": "person in charge",
}
OPTIONS = {
    "quoting": '"',
    "separator": ",",
    "encoding": "utf-8",
    "has_headers": True,
    "date_format": "%Y-%m-%d",
    "datetime_format": "%Y-%m-%d %H:%M:%S",
    "float_thousand_separator": "",
    "float_decimal_separator": ".",
}


class TestRoundTrip(AccessCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        add_french(cls.env)

    def columns(self, model, by_name):
        """Return the columns that Odoo offers for an export to be imported again; references by name or by key."""
        given = model._guarded_fields()
        offered = model.fields_get(attributes=["type", "readonly", "exportable", "store"])
        names = [
            name
            for name, field in offered.items()
            if not field["readonly"] and field["exportable"] and field["type"] not in ("one2many", "binary")
            if name not in given.kept and model._fields[name].store and name != "message_main_attachment_id"
        ]
        references = {name for name in names if model._fields[name].relational}
        return ["id", *(f"{name}/id" if name in references and not by_name else name for name in sorted(names))]

    def exported(self, records, columns):
        """Return the file of an export, as Odoo writes it."""
        file = io.StringIO()
        writer = csv.writer(file, quoting=csv.QUOTE_ALL)
        writer.writerow(columns)
        for row in records.with_context(import_compat=True).export_data(columns)["datas"]:
            writer.writerow(["" if cell in (None, False) and cell != 0 else cell for cell in row])
        return file.getvalue().encode()

    def values(self, record, columns):
        names = {column.partition("/")[0] for column in columns} - {"id"}
        self.env.invalidate_all()
        values = record.read(sorted(names))[0]
        return {name: "" if value is False else value for name, value in values.items()}

    def setUp(self):
        super().setUp()
        manager = self.users["connector manager"]
        self.records["ledger.connector"].user_id = manager
        self.records["ledger.approval.level"].user_ids = self.users["approver"]
        # a colleague's: it stays in their name
        self.records["utility.telemetry.source"].user_id = self.users["agent"]

    def test_no_two_values_of_a_field_have_one_label(self):
        """An import would take the first one."""
        for lang in ("en_US", "fr_FR"):
            env = self.env(context={"lang": lang})
            for name in LISTS:
                for field in env[name]._fields.values():
                    if field.type == "selection":
                        labels = [label.lower() for _value, label in field._description_selection(env)]
                        self.assertEqual(len(labels), len(set(labels)), (lang, name, field.name, sorted(labels)))

    def test_every_list(self):
        for name, role in LISTS.items():
            user = self.users[role]
            user.write({"lang": "fr_FR", "group_ids": [Command.link(self.env.ref("base.group_allow_export").id)]})
            env = self.env(user=user, context={"lang": "fr_FR", "allowed_company_ids": self.companies.ids})
            record = self.records[name].with_env(env)
            if name == "utility.reading":
                record = record.meter_id.reading_ids.sorted("date")[0]
            for by_name in (False, True):
                columns = self.columns(record, by_name)
                with self.subTest(name, by_name=by_name):
                    before = self.values(record, columns)
                    file = self.exported(record, columns)
                    wizard = env["base_import.import"].create(
                        {"res_model": name, "file": file, "file_type": "text/csv", "file_name": "export.csv"}
                    )
                    result = wizard.execute_import(columns, columns, OPTIONS)
                    self.assertEqual([message["message"] for message in result["messages"]], [])
                    self.assertEqual(result["ids"], record.ids)
                    self.assertEqual(self.values(record, columns), before)
