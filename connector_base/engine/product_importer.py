import logging
from dataclasses import replace
from datetime import timedelta

from odoo import api, models
from odoo.tools import SQL

from ..canonical import digest
from ..transport.errors import DataError
from .clock import naive
from .page_importer import QUIET, collection_paused
from .page_locks import appeared_meanwhile, try_lock
from .product_page import FIELD_PARTS, ProductEntry, flaw
from .result import ImportResult

_logger = logging.getLogger(__name__)

# What an import writes itself is written within this time of when it says it was at work.
SAME = timedelta(seconds=2)


class IntegrationProductImporter(models.AbstractModel):
    """Brings pages of canonical products into Odoo: one query per kind of look-up, one create per kind of record."""

    _name = "integration.product.importer"
    _inherit = "integration.page.importer"
    _description = "Product Importer"

    @api.model
    def _import_page(self, backend, documents, *, job=None, source=""):
        """Import canonical products (at most 500) of one backend in the current transaction; return an `ImportResult`.

        Documents older than what was imported are skipped, equal ones are left alone. Those that people have to decide
        on are `held`: nothing of them is in Odoo. A document that can't be imported is reported to `job` as a failed
        child (if given) and keeps no other from being imported.

        :param sync.job job: where failures are noted and earlier ones of now good documents are resolved
        :param str source: where the documents came from (webhook, poll, ...), for the log
        :raise psycopg2.Error: concurrency errors of PostgreSQL, and violations of a binding's unique index: the
            caller runs its transaction again
        """
        backend = self._for_import(backend)
        self = self.with_env(backend.env)  # noqa: PLW0642
        result = ImportResult()
        newest = self._newest(documents, result)
        keys = {product_key(backend, external_id): external_id for external_id in newest}
        mine = {keys[key] for key in try_lock(self.env.cr, keys)}
        result.busy.extend(external_id for external_id in newest if external_id not in mine)
        entries = self._triage(backend, [document for key, document in newest.items() if key in mine], result)
        if entries:
            with collection_paused():
                self._import_entries(backend, entries, result)
        self._read_pictures(backend, result, source)
        self._report(job, result, "import_product_ids")
        if job and result.held:
            job._resolve_documents([external_id for external_id, _reason in result.held], "import_product_ids")
        _logger.info("%s: products from %s: %s", backend.name, source or "caller", result.summary)
        return result

    @api.model
    def _for_import(self, backend):
        """Return the backend as imports work with it: whatever they write is no news to its platform."""
        backend = backend.sudo().with_company(backend.company_id)
        return backend.with_context(**QUIET, integration_from_backend=backend.id, lang=backend._product_lang())

    @api.model
    def _triage(self, backend, documents, result):
        """Return the entries to create or update; the rest goes to `result`."""
        bindings = self.env["integration.binding.product"].search_fetch(
            [("backend_id", "=", backend.id), ("external_id", "in", [document.external_id for document in documents])],
            ["external_id", "odoo_id", "remote_updated_at", "digest_in", "follows_options", "pushed_at"],
        )
        bound = {binding.external_id: binding for binding in bindings}
        scopes = self.env["integration.scope.resolver"]
        entries = []
        for document in documents:
            binding = bound.get(document.external_id, bindings.browse())
            updated_at = naive(document.updated_at)
            if binding.remote_updated_at and updated_at and updated_at < binding.remote_updated_at:
                result.skipped.append((document.external_id, self.env._("older than what was imported")))
                continue
            whole = digest(timeless(document))
            if binding.digest_in == whole:
                if updated_at and updated_at != binding.remote_updated_at:
                    binding.remote_updated_at = updated_at
                result.unchanged.append(document.external_id)
            elif not binding and (reason := scopes._product_skip_reason(backend, document)):
                result.skipped.append((document.external_id, reason))
            elif reason := self._flaw_text(document):
                result.failed.append((document.external_id, document.name, DataError(*reason)))
            else:
                entries.append(ProductEntry(document, whole, binding, self.env["product.template"]))
        return entries

    @api.model
    def _flaw_text(self, document):
        found = flaw(document)
        texts = {
            "no_variant": self.env._("The platform states no variant of the product."),
            "options": self.env._("The variants of the product don't have the same options."),
            "twins": self.env._("Several variants of the product have the same options."),
        }
        return (texts[found],) if found else ()

    # === ONE PAGE === #

    @api.model
    def _import_together(self, backend, entries, result):
        attributes, writer = self.env["integration.attribute.resolver"], self.env["integration.product.writer"]
        conflicts, ignored = self.env["integration.product.linker"]._link(backend, entries)
        self.env["integration.product.conflict"]._store(backend, conflicts)
        result.skipped.extend(ignored.items())
        result.held.extend((external_id, values["reason"]) for external_id, values in conflicts.items())
        entries = [entry for entry in entries if entry.external_id not in conflicts.keys() | ignored.keys()]
        self._decide_fields(backend, entries)
        page = attributes._plan(entries)
        busy = self._lock_creations(backend, entries, page)
        result.busy.extend(sorted(busy))
        entries = [entry for entry in entries if entry.external_id not in busy]
        if not entries:
            return
        attributes._complete(entries, page)
        lookups = writer._look_up(backend, entries)
        self._create_templates(backend, entries, page, lookups)
        vanished = self._vanished(backend, entries)
        self._drop_vanished(vanished)
        self.env["integration.variant.tree"]._grow(
            entries, page, lambda entry, index: self._new_variant(entry, index, lookups)
        )
        known = {entry: [product for product in entry.variants if product] for entry in entries}
        writer._update(entries, page, lookups)
        self.env["integration.product.binder"]._bind(backend, entries, lookups)
        self.env["integration.product.pricer"]._apply(backend, entries)
        writer._translate(entries, lookups)
        self.env["integration.product.pictures"]._note(backend, entries)
        self._settle(backend, entries, known)
        for entry in entries:
            (result.created if entry.is_new else result.updated).append(entry.external_id)

    @api.model
    def _decide_fields(self, backend, entries):
        """Fill `applied`: the fields whose values the platform decides about, for each product."""
        owners = backend._field_owners()
        known = self.env["integration.binding.product"].union(
            *(entry.binding for entry in entries if not (entry.is_new or entry.is_linked))
        )
        told = backend._syncs("products_out")
        changed = self.env["integration.product.exporter"]._changed_parts(backend, known) if known and told else {}
        for entry in entries:
            if entry.is_new:
                entry.applied = frozenset(FIELD_PARTS)
                continue
            written = self._written(entry)
            newer = bool(entry.document.updated_at) and naive(entry.document.updated_at) >= written
            untouched = entry.binding.pulled_at and written <= entry.binding.pulled_at + SAME
            if entry.is_linked or not (told or untouched):
                ours = FIELD_PARTS.values()
            else:
                ours = changed.get(entry.binding, ())
            entry.applied = frozenset(
                field
                for field, owner in owners.items()
                if owner == "platform" or (owner == "newest" and (newer or FIELD_PARTS[field] not in ours))
            )

    @api.model
    def _written(self, entry):
        """Return when Odoo's product was last changed."""
        products = self.env["product.product"].union(*entry.variants)
        return max(filter(None, [entry.template.write_date, *products.mapped("write_date")]))

    @api.model
    def _lock_creations(self, backend, entries, page):
        """Take the locks of what is to be created; return the external ids that have to wait for others."""
        wanted = self.env["integration.attribute.resolver"]._lock_keys(page)
        codes = self.env["integration.product.linker"]._new_codes(backend, entries)
        for external_id, of_product in codes.items():
            # another sales channel may be creating the same product; the lowest code stands for all
            wanted.setdefault(f"product_code:{backend.company_id.id}:{min(of_product)}", set()).add(external_id)
        held = try_lock(self.env.cr, wanted)
        busy = {external_id for key, ids in wanted.items() if key not in held for external_id in ids}
        if new := [entry.external_id for entry in entries if not entry.binding]:
            busy |= appeared_meanwhile(
                self.env,
                SQL(
                    "SELECT external_id, id FROM integration_binding_product"
                    " WHERE backend_id = %s AND external_id = ANY(%s)",
                    backend.id,
                    new,
                ),
            )
        if codes:
            every = sorted({code for of_product in codes.values() for code in of_product})
            appeared = appeared_meanwhile(
                self.env,
                SQL(
                    "SELECT default_code, id FROM product_product WHERE default_code = ANY(%s)"
                    " UNION ALL SELECT barcode, id FROM product_product WHERE barcode = ANY(%s)",
                    every,
                    every,
                ),
            )
            busy |= {external_id for external_id, of_product in codes.items() if of_product & appeared}
        if page.missing and appeared_meanwhile(self.env, self._appeared_query()):
            busy.update(*(ids for _name, ids in page.missing.values()))
        return busy

    @api.model
    def _appeared_query(self):
        """Return SQL of (kind, id) of the newest attributes, values and tags, of which others may have made one."""
        newest = "(SELECT '%s', id FROM %s ORDER BY id DESC LIMIT 1)"
        tables = ("product_attribute", "product_attribute_value", "product_tag")
        return SQL(" UNION ALL ".join(newest % (table, table) for table in tables))

    # === TEMPLATES AND VARIANTS === #

    @api.model
    def _create_templates(self, backend, entries, page, lookups):
        new = [entry for entry in entries if entry.is_new]
        writer = self.env["integration.product.writer"]
        templates = (
            self.env["product.template"]
            .with_context(create_product_product=False)
            .create([writer._new_template(backend, entry, page, lookups) for entry in new])
        )
        for entry, template in zip(new, templates.with_env(self.env), strict=True):
            entry.template = template

    @api.model
    def _new_variant(self, entry, index, lookups):
        values = self.env["integration.product.writer"]._variant_values(entry, index, lookups)
        return {**values, "active": entry.template.active}

    @api.model
    def _vanished(self, backend, entries):
        """Return the bindings of variants that the platform doesn't have any more.

        What was pushed after the document was written is not in it: nothing is missing then.
        """
        stated = {
            entry.external_id: {variant.external_id for variant in entry.document.variants}
            for entry in entries
            if entry.binding
            and not (entry.binding.pushed_at and naive(entry.document.updated_at) < entry.binding.pushed_at)
        }
        if not stated:
            return self.env["integration.binding.variant"]
        bindings = self.env["integration.binding.variant"].search_fetch(
            [("backend_id", "=", backend.id), ("external_parent_id", "in", list(stated))],
            ["external_id", "external_parent_id", "odoo_id"],
        )
        return bindings.filtered(lambda binding: binding.external_id not in stated[binding.external_parent_id])

    @api.model
    def _drop_vanished(self, bindings):
        """Forget variants that are gone on the platform; archive them where no other channel sells them."""
        if not bindings:
            return
        products = bindings.odoo_id
        bindings.unlink()
        products -= self.env["integration.binding.variant"].search([("odoo_id", "in", products.ids)]).odoo_id
        products.write({"active": False})

    @api.model
    def _settle(self, backend, entries, known):
        """Say what was left out, close what people had to decide on, and let exports start from here."""
        for entry in entries:
            note = "\n".join(entry.notes) or False
            if (entry.binding.import_note or False) != note:
                entry.binding.import_note = note
        conflicts = self.env["integration.product.conflict"].search(
            [
                ("backend_id", "=", backend.id),
                ("external_id", "in", [entry.external_id for entry in entries]),
                ("state", "!=", "done"),
            ]
        )
        templates = {entry.external_id: entry.template for entry in entries}
        for conflict in conflicts:
            conflict.write({"state": "done", "product_tmpl_id": templates[conflict.external_id].id})
        shared = {name for name, owner in backend._field_owners().items() if owner == "newest"}
        self.env["integration.product.exporter"]._note_pulled(
            backend,
            {entry.binding: entry.document for entry in entries},
            {entry.binding: shared - entry.applied for entry in entries if entry.is_linked},
        )

    @api.model
    def _read_pictures(self, backend, result, source):
        """Queue the reading of the pictures that this page has told of; of products read one by one, of any."""
        again = result.unchanged if source == "single" else ()
        due = self.env["integration.binding.product"].search_fetch(
            [
                ("backend_id", "=", backend.id),
                ("external_id", "in", [*result.created, *result.updated, *again]),
                ("images_due", "=", True),
            ],
            ["external_id"],
        )
        if due:
            backend._enqueue("import_product_images", arguments={"external_ids": due.mapped("external_id")})

    # === DELETED ON THE PLATFORM === #

    @api.model
    def _note_deleted(self, backend, external_ids):
        """Note that products are not on the platform any more, and do what the backend says about it.

        Their bindings stay, so that people can see it and publish them again; the variants' are of no use any more.

        :return: the bindings of those that Odoo knew
        """
        backend = self._for_import(backend)
        known = backend.env["integration.binding.product"].search(
            [("backend_id", "=", backend.id), ("external_id", "in", list(external_ids))]
        )
        gone = known.filtered(lambda binding: binding.remote_status != "deleted")
        gone.write({"remote_status": "deleted", "digest_in": False, "images_due": False})
        gone_ids = gone.mapped("external_id")
        backend.env["integration.binding.variant"].search(
            [("backend_id", "=", backend.id), ("external_parent_id", "in", gone_ids)]
        ).unlink()
        backend.env["integration.product.conflict"].search(
            [("backend_id", "=", backend.id), ("external_id", "in", list(external_ids))]
        ).unlink()
        others = backend.env["integration.binding.product"].search(
            [("odoo_id", "in", gone.odoo_id.ids), ("id", "not in", gone.ids), ("remote_status", "!=", "deleted")]
        )
        values = {"unsell": {"sale_ok": False}, "archive": {"active": False}}.get(backend.product_gone)
        if values:
            (gone.odoo_id - others.odoo_id).write(values)
        return known


def timeless(document):
    """Return `document` without its times: platforms say a product was updated when it was sold; what they say of it
    counts, not when."""
    variants = tuple(
        replace(variant, updated_at=None) if variant.updated_at else variant for variant in document.variants
    )
    return replace(document, variants=variants, updated_at=None)


def product_key(backend, external_id):
    """Return the advisory lock key of whoever writes a product of the platform in Odoo."""
    return f"product:{backend.id}:{external_id}"
