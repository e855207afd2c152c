"""Sending many changes in one call, which the shop carries out by and by. No Odoo import.

https://developer.adobe.com/commerce/webapi/rest/use-rest/bulk-endpoints/
https://developer.adobe.com/commerce/webapi/rest/use-rest/operation-status-endpoints/
"""

import json
import time
from decimal import Decimal

from odoo.addons.connector_base.transport import ConfigurationError, DataError

from . import const, tables
from .parser_reader import Reader
from .product_reading import checked

# What of a product takes calls of its own
_SEPARATE = frozenset({"images", "translations"})


def is_plain(work, shelf):
    """Whether a push changes one product that is there by one call."""
    document = work.wanted
    if not shelf.has(document.external_id):
        return False
    present = shelf.get(document.external_id)
    if document.options or present.get("type_id") == tables.CONFIGURABLE:
        return False
    sku = document.variants[0].sku or present["sku"]
    return work.parts.isdisjoint(_SEPARATE) and sku == present["sku"]


def send_changes(client, changes):
    """Send [(Work, Fields)]; yield (Work, outcome) of each: the product as it is then, what of it there was to be told.

    A `DataError` for one that is refused, None for one that is to be sent again by itself.

    :raise ConfigurationError: the shop carries nothing out; what is sent stays in its queue, and is the same next time
    """
    sent = [(work, fields) for work, fields in changes if fields]
    yield from ((work, {}) for work, fields in changes if not fields)
    if not sent:
        return
    bodies = [{"sku": work.present["sku"], **fields.body(sku=work.present["sku"])} for work, fields in sent]
    answer = client.bulk("PUT", "products/bySku", bodies)
    operations = _await(client, Reader(answer, "bulk").required_text("bulk_uuid"))
    waiting = False
    for index, (work, _fields) in enumerate(sent):
        operation = operations.get(index) or {"status": const.BULK_AGAIN}
        if operation["status"] == const.BULK_WAITING:
            waiting = True
        else:
            yield work, _outcome(work, operation)
    if waiting:
        raise ConfigurationError(
            "Magento has taken changes in bulk, and does not carry them out.",
            remedy="Have the shop run the consumer async.operations.all (bin/magento queue:consumers:start, or its "
            "cron), or switch off Changes in Bulk on the page of the sales channel.",
        )


def _await(client, bulk):
    """Return {index: operation} of a bulk when all are carried out, or patience is over."""
    for _look in range(const.BULK_PATIENCE // const.BULK_EVERY):
        found = client.call("GET", "bulk/{}/detailed-status", bulk)
        nodes = Reader(found, "bulk").children("operations_list")
        operations = {
            int(node.number("id", None)): {**node.data, "status": int(node.number("status", None))} for node in nodes
        }
        if all(one["status"] != const.BULK_WAITING for one in operations.values()):
            break
        time.sleep(const.BULK_EVERY)
    return operations


def _outcome(work, operation):
    if operation["status"] == const.BULK_DONE:
        result = operation.get("result_serialized_data")
        try:
            told = Reader(json.loads(result, parse_float=Decimal), "product").data if result else {}
            checked({**work.present, **told})
        except ValueError:
            return DataError("The product that Magento says it has changed is not JSON.", remedy=Reader.remedy)
        except DataError as error:
            return error
        return told
    if operation["status"] == const.BULK_AGAIN:
        return None
    return DataError(
        f"Magento says: {operation.get('result_message') or 'it was refused'}",
        remedy=const.REMEDIES[400],
    )
