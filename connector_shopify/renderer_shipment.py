"""Canonical shipments -> what `fulfillmentCreate` and `fulfillmentTrackingInfoUpdate` take. Pure."""

from .carriers import CARRIERS, spelled


def tracking_input(shipment):
    """Return the `FulfillmentTrackingInput` of a `Shipment`.

    Shopify links the numbers of carriers it knows by itself, each to its own page; our address is used for others.
    """
    company, numbers = spelled(shipment.carrier), list(shipment.tracking)
    values = {"company": company or None, "numbers": numbers}
    if shipment.tracking_url and (company not in CARRIERS or len(numbers) == 1):
        values["urls"] = [shipment.tracking_url]
    return values


def fulfillment_input(shipment, taken):
    """Return the `FulfillmentInput` for units of fulfillment orders of one location.

    :param dict taken: {fulfillment order: {its line: quantity}}, all by global ids
    """
    values = {
        "lineItemsByFulfillmentOrder": [
            {
                "fulfillmentOrderId": gid,
                "fulfillmentOrderLineItems": [{"id": line, "quantity": quantity} for line, quantity in lines.items()],
            }
            for gid, lines in taken.items()
        ],
        "notifyCustomer": shipment.notify,
    }
    if shipment.carrier or shipment.tracking:
        values["trackingInfo"] = tracking_input(shipment)
    return values
