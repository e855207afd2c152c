"""Every shipment and every refund of a shop's books against what Odoo knows of them."""

from collections import Counter
from decimal import Decimal

from .compare import Differences, Result
from .rpc import Rpc


def compare_shipments(ledger: list[dict], rpc: Rpc, backend_id: int, orders: set[str]) -> Result:
    """Compare what the shop has sent, line by line and with its tracking numbers.

    :param orders: external ids of the orders that Odoo has
    """
    rows = rpc.search_read(
        "integration.binding.shipment",
        [("backend_id", "=", backend_id)],
        ["external_id", "order_external_id", "lines", "tracking", "remote_status", "state"],
    )
    expected = {
        record["id"]: (entry, record) for entry in ledger if entry["id"] in orders for record in entry["shipments"]
    }
    known = {row["external_id"]: row for row in rows}
    result = Result(in_odoo=len(rows), held=sum(row["state"] == "problem" for row in rows))
    for external_id, (entry, record) in expected.items():
        row, label = known.get(external_id), f"{entry['name']}, shipment {external_id}"
        if record["cancelled"] and row is None:  # taken back before Odoo heard of it: nothing to know
            continue
        result.in_shop += 1
        if row is None:
            result.missing.append(label)
            continue
        note = Differences(0)
        note.same("order", entry["id"], row["order_external_id"])
        note.same("cancelled", record["cancelled"], row["remote_status"] == "cancelled")
        note.same("tracking", ", ".join(record["numbers"]), row["tracking"] or "")
        in_odoo = Counter({line: Decimal(quantity) for line, quantity, _lot in row["lines"] or ()})
        note.same("lines", Counter(record["lines"]), in_odoo)
        if note.found:
            result.problems[label] = note.found
    result.unexpected = [f"shipment {external_id}" for external_id in known.keys() - expected.keys()]
    return result


def compare_refunds(ledger: list[dict], rpc: Rpc, backend_id: int, orders: set[str], places: dict[str, int]) -> Result:
    """Compare what the shop gave back: amount, currency and units of each refund.

    :param orders: external ids of the orders that Odoo has
    :param places: decimal places by currency
    """
    rows = rpc.search_read(
        "integration.refund", [("backend_id", "=", backend_id)], ["external_id", "amount", "currency_id", "state"]
    )
    units = Counter()
    lines = rpc.search_read(
        "integration.refund.line",
        [("refund_id.backend_id", "=", backend_id), ("kind", "=", "line")],
        ["refund_id", "line_external_id", "quantity"],
    )
    # what is charged beside the goods has units too: fixed product taxes, for one
    goods = {number for entry in ledger for record in entry["refunds"] for number in record["units"]}
    for line in lines:
        if line["line_external_id"] in goods:
            units[line["refund_id"][0]] += Decimal(str(line["quantity"]))
    expected = {
        record["id"]: (entry, record) for entry in ledger if entry["id"] in orders for record in entry["refunds"]
    }
    known = {row["external_id"]: row for row in rows}
    result = Result(in_shop=len(expected), in_odoo=len(rows), held=sum(row["state"] == "problem" for row in rows))
    for external_id, (entry, record) in expected.items():
        row, label = known.get(external_id), f"{entry['name']}, refund {external_id}"
        if row is None:
            result.missing.append(label)
            continue
        note = Differences(places.get(entry["currency"], 2))
        note.same("currency", entry["currency"], row["currency_id"][1])
        note.amount("amount", record["amount"], row["amount"])
        note.same("units", Decimal(sum(record["units"].values())), Decimal(units[row["id"]]).normalize() + 0)
        if note.found:
            result.problems[label] = note.found
    result.unexpected = [f"refund {external_id}" for external_id in known.keys() - expected.keys()]
    return result
