"""Finds the records that values of relational fields refer to, in every format that Odoo accepts."""

from odoo import models
from odoo.exceptions import MissingError
from odoo.fields import Command
from odoo.orm.identifiers import NewId

#: Types of relational fields.
REFERRING = ("many2one", "one2many", "many2many", "reference", "many2one_reference")
#: Among these, fields whose model is itself a value of the record: their target is certain only after the write.
KNOWN_LATE = ("reference", "many2one_reference")


def records_in(field, value, vals, records):
    """Yield (model, id) of the records that a value to write on `records` refers to.

    :param vals: all values written with it
    """
    if isinstance(value, models.BaseModel):
        yield from ((value._name, id_) for id_ in value.ids)
    elif field.type == "reference":
        model, _comma, id_ = str(value).partition(",")
        if model in records.env and id_.isdigit():
            yield model, int(id_)
    elif field.type == "many2one_reference":
        for model in {vals.get(field.model_field), *records.mapped(field.model_field)} - {False, None}:
            yield model, value
    else:
        ids = ids_of_one(value) if field.type == "many2one" else ids_of_lines(value)
        yield from ((field.comodel_name, id_) for id_ in ids)


def ids_of_one(value):
    """Yield the id in the value of a many2one."""
    if isinstance(value, (list, tuple)):
        value = value[0] if value else False
    if isinstance(value, NewId):
        value = value.origin
    if type(value) is int and value:
        yield value


def ids_of_lines(commands):
    """Yield the ids in the value of an x2many: of the records that it adds or changes."""
    for command in commands:
        if isinstance(command, models.BaseModel):
            yield from command.ids
        elif not isinstance(command, (list, tuple)):
            yield from ids_of_one(command)
        elif command[0] in (Command.UPDATE, Command.LINK):
            yield from ids_of_one(command[1])
        elif command[0] == Command.SET:
            yield from (id_ for one in command[2] or () for id_ in ids_of_one(one))


def values_of_lines(commands):
    """Return the values that the commands of an x2many write on its records."""
    with_values = (Command.CREATE, Command.UPDATE)
    return [line[2] for line in commands if isinstance(line, (list, tuple)) and line[0] in with_values]


def led_to(records, name):
    """Yield the records that a field of these records refers to now."""
    field = records._fields[name]
    if field.type == "many2one_reference":
        for record in records.filtered(name):
            yield records.env[record[field.model_field]].browse(record[name])
    elif field.type == "reference":
        yield from (record[name] for record in records.filtered(name))
    else:
        yield records.mapped(name)


def may_read(records):
    """Return whether the user may read all these records; records that do not exist cannot be read."""
    try:
        return not records or (records.browse().has_access("read") and records._filtered_access("read") == records)
    except MissingError:
        return False


def of_company(records, companies):
    """Return whether companies may use these records, by the rules of Odoo for each model."""
    if "company_id" not in records._fields and records._name != "account.account":
        return True
    found = records.sudo().with_context(active_test=False)  # sudo: companies are compared only, not shown
    return found == found.filtered_domain(found._check_company_domain(companies))
