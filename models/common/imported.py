"""What a file to import leaves out: a blank number is no 0, and a default is for a person who sees it on a form."""

from odoo import api, models
from odoo.exceptions import ValidationError
from odoo.fields import Command

MODULE = "utility_billing_sync"
NUMBERS = ("integer", "float", "monetary")


class UtilityImported(models.AbstractModel):
    """Mixin of models whose records are imported: completes the values of a row, or refuses it.

    Odoo reads a blank cell as no value, refuses it where a value is required, but saves 0 for a number. It completes a
    missing column with the field's default, which may be today or one of several sections.
    """

    _name = "utility.imported"
    _description = "Imported Record"

    @api.model
    def _extract_records(self, field_paths, data, log=lambda message: None, limit=float("inf")):
        """Leave out blank cells of options that are on by default: Odoo would switch them off."""
        on = {name for name, field in self._fields.items() if _is_own(field) and self._is_on_by_default(field)}
        for record, place in super()._extract_records(field_paths, data, log, limit):
            yield {name: value for name, value in record.items() if name not in on or value not in ("", None)}, place

    def _is_on_by_default(self, field):
        return field.type == "boolean" and bool(field.default and field.default(self))

    def _load_records_write(self, values):
        return super()._load_records_write(self._without_blank_numbers(values))

    @api.model
    def _load_records_create(self, vals_list):
        values, asked = [self._without_blank_numbers(vals) for vals in vals_list], self._asked_of_rows()
        for vals in values:
            self._check_stated(vals, asked)
        return super()._load_records_create(values)

    @api.model
    def _without_blank_numbers(self, vals):
        """Return values without blank numbers: a new record takes their default, another one keeps what it has.

        :raises ValidationError: a required number is blank
        """
        kept = {}
        for name, value in vals.items():
            field = self._fields.get(name)
            if _is_own_number(field) and (value is False or value is None):
                if field.required:
                    self._refuse_unstated(name)
            elif field and field.type == "one2many" and value and _is_imported(self.env[field.comodel_name]):
                kept[name] = [self.env[field.comodel_name]._imported_line(command) for command in value]
            else:
                kept[name] = value
        return kept

    @api.model
    def _imported_line(self, command):
        """Return the command of a one2many whose line came with the row of its record."""
        if not isinstance(command, (list, tuple)) or command[0] not in (Command.CREATE, Command.UPDATE):
            return command
        values = self._without_blank_numbers(command[2])
        if command[0] == Command.CREATE:
            self._check_stated(values, self._asked_of_rows())
        return (*command[:2], values)

    @api.model
    def _asked_of_rows(self):
        """Return the fields that a new row must state: required numbers without a default; in a file, `asked` ones."""
        fields = self._fields.items()
        numbers = [name for name, field in fields if _is_own_number(field) and field.required and not field.default]
        asked = self._guarded_fields().asked if self.env.context.get("import_file") else ()
        return [*numbers, *(name for name in asked if not self._has_one_choice(name))]

    @api.model
    def _check_stated(self, vals, asked):
        """Refuse a new record without a field that is asked.

        :param asked: names of fields, those of `_asked_of_rows`
        :raises ValidationError: naming the field
        """
        for name in asked:
            if name not in vals:
                self._refuse_unstated(name)

    @api.model
    def _has_one_choice(self, name):
        """Return whether a default of a reference is the only record that the user could mean."""
        model = self._fields[name].comodel_name
        if not model:
            return False
        own = self.env.user.company_ids
        if model == own._name:
            return len(own) == 1
        return self.env[model].with_context(allowed_company_ids=own.ids).search_count([], limit=2) == 1

    @api.model
    def _refuse_unstated(self, name):
        self._refuse(
            ValidationError, name, self.env._("the value is missing. Enter it, or remove the row from the file.")
        )


def _is_own(field):
    return (field.related_field if field.inherited else field)._modules[:1] == (MODULE,)


def _is_own_number(field):
    """Return whether a field is a number of this addon, which somebody may enter."""
    return bool(field) and field.type in NUMBERS and _is_own(field) and (not field.compute or field.store)


def _is_imported(model):
    return isinstance(model, model.env.registry["utility.imported"])
