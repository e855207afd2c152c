import logging
from dataclasses import dataclass, field, replace

import psycopg2

from odoo import api, fields, models
from odoo.exceptions import ConcurrencyError
from odoo.tools.mimetypes import guess_mimetype

from ..canonical import (
    PART_OF,
    UNSET,
    ProductPush,
    ProductPushResult,
    changed_translations,
    differences,
    field_digests,
    restrict,
    told_translations,
)
from ..transport.errors import ConfigurationError, DataError, TransientError, TransportError
from .clock import naive
from .job_errors import describe
from .product_exporter import Planned

_logger = logging.getLogger(__name__)

# What ends a page rather than one product
PAGE_ERRORS = (TransientError, ConfigurationError, psycopg2.Error, ConcurrencyError)
IMAGE_FIELDS = ("image_1920", "image_variant_1920")
EXTENSIONS = {"image/png": "png", "image/jpeg": "jpg", "image/webp": "webp", "image/gif": "gif"}


@dataclass(slots=True)
class Pushed:
    """What became of a page. `left` were not reached because of `error`, which ends the page."""

    done: int = 0
    unchanged: int = 0
    removed: int = 0
    failed: int = 0
    left: models.BaseModel | tuple = ()
    error: Exception | None = None
    results: list = field(default_factory=list)  # (Planned, ProductPushResult)


class IntegrationProductPusher(models.AbstractModel):
    """Tells a platform what differs of a page of products, and keeps what it answers.

    Pushing again after a crash, a lost answer or a lost race does what pushing once does: what is created is named by
    a key of its own, and what was answered is kept as far as the platform came.
    """

    _name = "integration.product.pusher"
    _description = "Product Pusher"

    @api.model
    def _push(self, backend, bindings, job):
        """Tell the platform about `bindings` and return a `Pushed`; each product's failure is a document of `job`."""
        pushed = Pushed()
        bindings = self._sort_out(backend, bindings, job, pushed)
        if pushed.error:
            pushed.left = bindings
            return pushed
        pushes, prices = {}, self.env["integration.product.prices"]
        for planned in self.env["integration.product.exporter"]._plan(backend, bindings):
            if not planned.parts:
                pushed.unchanged += 1
                self._settle(planned.binding, job)
            elif not planned.document.variants:
                self._fail(planned.binding, self._no_variants(planned.binding), job, pushed)
            elif error := prices._lack(backend, planned):
                self._fail(planned.binding, error, job, pushed)
            else:
                key = self.env["integration.product.exporter"]._key(planned.binding)
                pushes[key] = planned, ProductPush(key=key, document=self._pushed(planned), parts=planned.parts)
        if pushes:
            self._tell(backend, pushes, pushed)
            self._keep(backend, job, pushed)
        if pushed.error:
            # what the error kept from being told of a product is told with the rest
            reached = {result.key for _planned, result in pushed.results if not result.untold}
            pushed.left = bindings.browse([pushes[key][0].binding.id for key in pushes if key not in reached])
        return pushed

    # === TAKING OFF === #

    @api.model
    def _sort_out(self, backend, bindings, job, pushed):
        """Take off the shop what has to go; return the bindings that are to be compared and told."""
        gone = bindings.filtered(lambda binding: binding.remote_status == "deleted")
        for binding in gone.filtered(lambda binding: binding.wanted != "removed" and binding.odoo_id.active):
            self._write_error(binding, *self._deleted_texts())
        bindings -= gone
        unwanted = bindings.filtered(lambda binding: binding.wanted == "removed" or not binding.odoo_id.active)
        unborn = unwanted.filtered(lambda binding: not binding.external_id)
        unborn.filtered(lambda binding: binding.wanted == "removed").unlink()
        pushed.unchanged += len(gone) + len(unborn)
        leaving = unwanted - unborn
        if backend.product_removal == "nothing":
            pushed.unchanged += len(leaving)
        else:
            delete = backend.product_removal == "delete"
            there = leaving.filtered(lambda binding: delete or binding.remote_status != "archived")
            pushed.unchanged += len(leaving - there)
            self._take_off(backend, there, delete, job, pushed)
            if pushed.error:
                return bindings - unborn
        return bindings - unwanted

    @api.model
    def _take_off(self, backend, bindings, delete, job, pushed):
        if not bindings:
            return
        by_id = {binding.external_id: binding for binding in bindings}
        try:
            errors = backend._adapter()._remove_products(backend, list(by_id), delete=delete)
        except (TransientError, ConfigurationError) as error:
            pushed.error = error
            return
        for external_id, binding in by_id.items():
            if external_id in errors:
                self._fail(binding, errors[external_id], job, pushed)
                continue
            self._note_removed(binding, delete)
            self._settle(binding, job)
            pushed.removed += 1

    @api.model
    def _note_removed(self, binding, delete):
        """Remember that a product was archived or deleted there: of the first, only the status has to be told anew."""
        known = {name: value for name, value in (binding.digests_out or {}).items() if name != "status"}
        binding.write(
            {
                "remote_status": "deleted" if delete else "archived",
                "digests_out": known,
                "pushed_at": fields.Datetime.now(),
            }
        )

    # === TELLING === #

    @api.model
    def _pushed(self, planned: Planned):
        """Return the document as it is pushed: of translations, those that changed since both sides agreed."""
        document = planned.document
        if document.translations is UNSET:
            return document
        return replace(document, translations=changed_translations(document, self._known_translations(planned)))

    @api.model
    def _known_translations(self, planned: Planned):
        """Return {name: fingerprint} of the translations that both sides agreed on."""
        return (planned.binding.digests_out or {}).get("translations") or {}

    @api.model
    def _tell(self, backend, pushes, pushed):
        """Hand `pushes`, {key: (Planned, ProductPush)}, to the adapter; collect what it answers in `pushed`."""
        waiting = dict(pushes)
        try:
            self._collect(backend, waiting, pushed, [push for _planned, push in pushes.values()])
        except PAGE_ERRORS as error:
            self._end_page(error, pushed)
        except Exception:
            # This is the one place where programming errors of pushes are caught: a product must not block the others.
            _logger.exception("%s: a push failed and is made product by product", backend.name)
            self._tell_singly(backend, waiting, pushed)

    @api.model
    def _tell_singly(self, backend, waiting, pushed):
        for key, (planned, push) in list(waiting.items()):
            try:
                self._collect(backend, waiting, pushed, [push])
            except PAGE_ERRORS as error:
                return self._end_page(error, pushed)
            except Exception as error:  # as above
                del waiting[key]
                pushed.results.append((planned, ProductPushResult(key=key, error=error)))
        return None

    @api.model
    def _collect(self, backend, waiting, pushed, pushes):
        for result in backend._adapter()._push_products(backend, pushes, self._read_image):
            planned, _push = waiting.pop(result.key)
            pushed.results.append((planned, result))
        missing = [push.key for push in pushes if push.key in waiting]
        if missing:
            raise RuntimeError(f"the adapter said nothing about {', '.join(missing)}")

    @api.model
    def _end_page(self, error, pushed):
        """Keep the answers that came, unless the transaction or everything is lost with them."""
        if not isinstance(error, TransportError):
            raise error
        pushed.error = error

    @api.model
    def _read_image(self, checksum):
        """Return (content, media type, file name) of the picture of a product with this content."""
        further = self.env["integration.product.pictures"]._picture_model()._name
        attachment = (
            self.env["ir.attachment"]
            .sudo()
            .search(
                [
                    ("checksum", "=", checksum),
                    ("res_model", "in", ("product.template", "product.product", further)),
                    ("res_field", "in", IMAGE_FIELDS),
                ],
                limit=1,
            )
        )
        content = attachment.raw
        if not content:
            raise DataError(
                self.env._("A picture of the product was removed while it was being sent."),
                remedy=self.env._("Nothing to do if it was removed on purpose; else add it again."),
            )
        media_type = guess_mimetype(content, default="application/octet-stream")
        return content, media_type, f"{checksum[:16]}.{EXTENSIONS.get(media_type, 'bin')}"

    # === KEEPING THE ANSWERS === #

    @api.model
    def _keep(self, backend, job, pushed):
        """Write what became of the products; those that went well page-wise."""
        good, created = [], []
        for planned, result in pushed.results:
            if result.error is None:
                good.append((planned, result))
                continue
            if result.missing:
                planned.binding.remote_status = "deleted"
            elif result.document and result.document.external_id and not planned.binding.external_id:
                # It was created before something of it was refused: what is there is known from now on.
                created.append((replace(planned, parts=frozenset()), result))
        decided = self.env["integration.product.exporter"]._decided(backend)
        names = []
        for planned, result in good:
            names += [planned.binding.external_id, result.key, result.document.external_id]
            self._keep_product(planned, result, decided)
        for planned, result in created:
            planned.binding.external_id = result.document.external_id
        self.env["integration.product.answers"]._keep(backend, good + created)
        for planned, result in pushed.results:
            if result.error is not None:
                self._fail(planned.binding, result.error, job, pushed, missing=result.missing)
        pushed.done += len(good)
        if good:
            job._resolve_documents(set(filter(None, names)), operation="push_product_ids")

    @api.model
    def _keep_product(self, planned: Planned, result, decided):
        binding, answer = planned.binding, result.document
        agreed = {name: value for name, value in planned.digests.items() if PART_OF[name] in planned.parts}
        if result.untold and "translations" in agreed:
            told = told_translations(agreed["translations"], self._known_translations(planned), result.untold)
            agreed["translations"] = told
        # How the platform writes what it was told, where it writes it in its own way
        said = field_digests(answer)
        own_way = {name for name, *_values in differences(restrict(planned.document, decided), answer)}
        seen = {name: value for name, value in (binding.digests_seen or {}).items() if name not in said}
        seen.update({name: said[name] for name in own_way & said.keys()})
        values = {
            "external_id": answer.external_id,
            "digests_out": {**(binding.digests_out or {}), **agreed},
            "digests_seen": seen or False,
            "pushed_at": fields.Datetime.now(),
            "last_error": False,
            "remedy": False,
        }
        status = answer.status or ("status" in planned.parts and planned.document.status)
        if status:
            values["remote_status"] = status
        for name, stated in (
            ("remote_handle", answer.handle),
            ("remote_url", answer.url),
            ("remote_vendor", answer.vendor),
            ("remote_type", answer.product_type),
        ):
            if stated is not UNSET:
                values[name] = stated
        if answer.tags is not UNSET:
            values["remote_tags"] = ", ".join(answer.tags)
        if answer.updated_at:
            values["remote_updated_at"] = naive(answer.updated_at)
        if answer.details:
            values.update(binding.backend_id._adapter()._product_mirror_values(answer))
        binding.write(values)

    @api.model
    def _settle(self, binding, job):
        """Forget the error of an earlier push: there is nothing to be told any more."""
        if binding.last_error:
            binding.write({"last_error": False, "remedy": False})
            job._resolve_documents([self._name_of(binding)], operation="push_product_ids")

    @api.model
    def _name_of(self, binding):
        """Return what jobs call the product: its id there, before it has one the key it is created by."""
        return binding.external_id or self.env["integration.product.exporter"]._key(binding)

    # === FAILURES === #

    @api.model
    def _fail(self, binding, error, job, pushed, missing=False):
        pushed.failed += 1
        failure = describe(error)
        if missing:
            self._write_error(binding, *self._deleted_texts())
        else:
            self._write_error(binding, failure.message, failure.remedy)
        name = self._name_of(binding)
        if missing and job.external_id == name:
            return  # people have to decide: the job that looks at this product alone has nothing to repeat
        job._fail_document(
            name,
            error,
            record=binding.odoo_id,
            document_name=binding.odoo_id.name,
            operation="push_product_ids",
        )

    @api.model
    def _write_error(self, binding, message, remedy):
        binding.write({"last_error": message, "remedy": remedy})

    @api.model
    def _deleted_texts(self):
        return (
            self.env._("The platform doesn't have this product any more: it was deleted there."),
            self.env._("Publish it again to create it anew, or forget it on this sales channel."),
        )

    @api.model
    def _no_variants(self, binding):
        return DataError(
            self.env._("“%s” has no variant that could be sold.", binding.odoo_id.name),
            remedy=self.env._("Add the values of its attributes, or make one of its variants active again."),
        )
