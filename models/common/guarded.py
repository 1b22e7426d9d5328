"""Restricts the values that a caller may give to a record: by form, list, onchange, context default, import or RPC.

Odoo's access rights define who may write which records, not which values: `readonly` binds only the web client, `write`
checks the record rules before it writes and never after, and ids in values are not checked. Each model declares here
which values its callers may give.
"""

from odoo import api, models, tools
from odoo.exceptions import AccessError, ValidationError

from .guard import Guard, GuardedFields
from .references import KNOWN_LATE, REFERRING, led_to, may_read, of_company, records_in, values_of_lines

MODULE = "utility_billing_sync"
#: Context value that marks operations of the server itself. As an object of this process, no caller can send it.
SERVER = object()
_BY_SERVER = "utility_by_server"
_NOBODYS = {"id", "display_name", *models.LOG_ACCESS_COLUMNS}


class UtilityGuarded(models.AbstractModel):
    """Mixin of models that declare in `_guard` who may set their fields.

    An override of `create` or `write` begins with `_check_given`, so that nothing is locked, looked up or disclosed
    before the check; it writes its own values through `_by_server`.
    """

    _name = "utility.guarded"
    _inherit = ["utility.imported"]
    _description = "Guarded Record"

    # === DECLARATION === #

    @api.model
    def _guard_kinds(self):
        """Return {field name: "kept", "once" or "given"} as the classes of the model declare them."""
        guards = (vars(part).get("_guard", Guard()) for part in reversed(type(self).mro()))
        return {name: kind for guard in guards for name, kind in guard.kinds().items()}

    @api.model
    @tools.ormcache()
    def _guarded_fields(self):
        """Return the GuardedFields of the model; undeclared fields are the server's if they are readonly."""
        declared, kinds = self._guard_kinds(), {}
        for name, field in self._fields.items():
            if field.inherited:
                parent, inherited = self.env[field.related_field.model_name], field.related_field.name
                if _is_guarded(parent) and inherited in parent._guarded_fields().kept:
                    kinds[name] = "kept"
            elif field._modules[:1] == (MODULE,) and name not in _NOBODYS:
                kinds[name] = declared.get(name) or ("kept" if field.readonly else "given")
        shown = tuple(name for name in kinds if self._fields[name].type in REFERRING)
        guards = [vars(part).get("_guard", Guard()) for part in type(self).mro()]
        return GuardedFields(
            kept=frozenset(name for name, kind in kinds.items() if kind == "kept"),
            once=frozenset(name for name, kind in kinds.items() if kind == "once"),
            references=tuple(name for name in shown if kinds[name] != "kept"),
            shown=shown,
            across=frozenset(name for guard in guards for name in guard.across.split()),
            signs=frozenset(name for guard in guards for name in guard.signs.split()),
            asked=frozenset(name for guard in guards for name in guard.asked.split()),
        )

    def _by_server(self):
        """Return these records for writes by the server itself: rights and rules apply, values are not checked."""
        return self.with_context(**{_BY_SERVER: SERVER})

    def _everywhere(self):
        """Return these records with all of the user's companies allowed, not only those ticked in the switcher."""
        return self.with_context(allowed_company_ids=(self.env.companies | self.env.user.company_ids).ids)

    @property
    def _is_by_server(self):
        return self.env.su or self.env.context.get(_BY_SERVER) is SERVER

    # === THE WAYS IN === #

    @api.model
    def default_get(self, fields):
        """Return Odoo's defaults, without context defaults or user defaults for fields of the server.

        :raises AccessError: a context default is a record that its caller may not read
        """
        guarded = self._guarded_fields()
        given = [name for name in fields if name not in guarded.not_defaulted]
        values = super(UtilityGuarded, self._without_kept_defaults()).default_get(given)
        for name in guarded.not_defaulted.intersection(fields):
            field = self._fields[name]
            if field.default:
                values[name] = field.convert_to_write(field.convert_to_cache(field.default(self), self), self)
        if not self.env.su:
            context = self.env.context
            self._check_readable([values], [name for name in guarded.references if f"default_{name}" in context])
        return values

    @api.model_create_multi
    def create(self, vals_list):
        records = self.browse()
        records._check_given(vals_list)
        created = super(UtilityGuarded, self._without_kept_defaults()).create(vals_list).with_env(self.env)
        if not self._is_by_server:
            names = self._guarded_fields().references
            created._check_read(names, looked_at={name for name in names if all(name in vals for vals in vals_list)})
            created._check_own_company(names)
        return created

    def write(self, vals):
        self._check_given([vals])
        names = [] if self._is_by_server else [name for name in self._guarded_fields().references if name in vals]
        before = self._companies() if names else {}
        result = super().write(vals)
        if names:
            self._check_read(names, looked_at=set(names))
            self._check_own_company(names)
            self._check_stays(before)
        return result

    def copy_data(self, default=None):
        """Return the values to copy, without fields of the server, unless the server itself copies."""
        self.browse()._check_given([default or {}])
        kept = frozenset() if self._is_by_server else self._guarded_fields().kept
        return [
            {name: value for name, value in vals.items() if name not in kept} for vals in super().copy_data(default)
        ]

    def onchange(self, values, field_names, fields_spec):
        if not self.env.su:
            if self:
                self.check_access("read")
            self._check_readable([values], self._guarded_fields().shown, within=True)
        return super().onchange(values, field_names, fields_spec)

    def _without_kept_defaults(self):
        context, kept = self.env.context, self._guarded_fields().not_defaulted
        leaking = {key for key in context if key.startswith("default_") and key[8:] in kept}
        if not leaking:
            return self
        others = {key: value for key, value in context.items() if key not in leaking}
        return self.with_env(self.env(context=others))

    # === CHECKS === #

    def _check_given(self, vals_list):
        """Refuse values that a caller may not set; called before they are used.

        :param list[dict] vals_list: values of `create`, or those of a `write` on these records
        :raises AccessError: the caller may not write the records; or a field is the server's, is already set for good,
            leads to a record that the caller may not read, or names a colleague in whose name the server would work
        """
        if self._is_by_server:
            return
        if self:
            # before an override refuses with a message about the record
            self._check_may_write()
        guarded, given = self._guarded_fields(), {name for vals in vals_list for name in vals}
        if kept := sorted(given & guarded.kept):
            raise AccessError(
                self.env._(
                    "%(model)s, %(fields)s: computed or kept by the server, can't be entered. %(hint)s",
                    model=self._guarded_name(),
                    fields=", ".join(map(self._guarded_label, kept)),
                    hint=self._hint_of_kept(kept),
                ).strip()
            )
        if self:
            self._check_once(vals_list[0], guarded.once & given)
        for name in sorted(guarded.signs & given):
            named = {vals[name] for vals in vals_list if name in vals}
            if named - {self.env.uid} and any(record[name].id not in named for record in self or [self]):
                self._refuse(
                    AccessError, name, self.env._("the server works with this person's rights. Choose yourself.")
                )
        self._check_readable(vals_list, [name for name in guarded.references if name in given])

    def _check_may_write(self):
        """Hook: check that the caller may write these records, as `write` will."""
        self.check_access("write")

    def _hint_of_kept(self, names):
        """Hook: explain how the fields of the server get their values."""
        return ""

    def _check_once(self, vals, names):
        for name in sorted(names):
            field, value = self._fields[name], vals[name]
            if any(field.convert_to_write(record[name], record) != value for record in self):
                self._refuse(AccessError, name, self.env._("cannot be changed once set. Create a new record instead."))

    def _check_readable(self, vals_list, names, within=False):
        """Check that the caller may read the records that some values refer to.

        :param within: also check the values of lines, otherwise left to `create` and `write` of their model
        """
        for name in names:
            field, ids = self._fields[name], {}
            for vals in vals_list:
                for model, id_ in records_in(field, vals[name], vals, self) if vals.get(name) else ():
                    ids.setdefault(model, set()).add(id_)
                if within and field.type in ("one2many", "many2many") and vals.get(name):
                    lines = self.env[field.comodel_name]
                    if _is_guarded(lines):
                        shown = lines._guarded_fields().shown
                        lines._check_readable(values_of_lines(vals[name]), shown, within=True)
            for model, found in ids.items():
                self._check_read_of(name, self.env[model].browse(found))

    def _check_read(self, names, looked_at):
        """Check that the caller may read the records that these records now refer to.

        :param looked_at: fields whose values were checked before the write
        """
        for name in names:
            kind = self._fields[name].type
            if kind in KNOWN_LATE or (kind != "one2many" and name not in looked_at):
                for records in led_to(self, name):
                    self._check_read_of(name, records)

    def _check_read_of(self, name, records):
        """Refuse without disclosing anything about the records, unless the caller may see them in another company."""
        if may_read(records) or (records._name == "res.company" and records <= self.env.user.company_ids):
            return  # the switcher already shows the names of the user's companies, ticked or not
        if may_read(records.with_context(allowed_company_ids=self.env.user.company_ids.ids)):
            if name in self._guarded_fields().across:
                return
            records.check_access("read")
        self._refuse(AccessError, name, self.env._("the record does not exist, or you have no access to it."))

    def _check_own_company(self, names):
        """Check that these records refer to records of their own company, or of none, that the caller may read."""
        own = next((name for name in ("company_id", "company_ids") if name in self._fields), None)
        names = (
            {name for name in names if self._fields[name].type != "one2many"} - self._guarded_fields().across - {own}
        )
        for companies, records in self.grouped(own).items() if own else ():
            for name in names if companies else ():
                if not all(of_company(found, companies) for found in led_to(records, name)):
                    self._refuse(ValidationError, name, self.env._("choose a record of the same company."))

    def _companies(self):
        """Return {id: company} of records whose company is that of another record, which dialogs may choose anew."""
        field = self._fields.get("company_id")
        # sudo: companies are compared only, not shown
        follows = field and field.related and not self._transient
        return {record.id: record.company_id for record in self.sudo()} if follows else {}

    def _check_stays(self, before):
        """Check after the write that the caller still has access to the records, and their company is the same."""
        self.check_access("write")
        if before != self._companies():
            self._refuse(
                ValidationError, "company_id", self.env._("a record cannot change company. Create a new one there.")
            )

    def _refuse(self, error, name, reason):
        model, field = self._guarded_name(), self._guarded_label(name)
        raise error(self.env._("%(model)s, %(field)s: %(reason)s", model=model, field=field, reason=reason))

    def _guarded_name(self):
        return self.env["ir.model"]._get(self._name).name

    def _guarded_label(self, name):
        return self._fields[name]._description_string(self.env)


def _is_guarded(model):
    return isinstance(model, model.env.registry["utility.guarded"])
