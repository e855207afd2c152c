"""`searchCriteria`: what Magento's listings are asked for. Pure.

https://developer.adobe.com/commerce/webapi/rest/use-rest/performing-searches/
"""

from datetime import timezone

from . import const

ASCENDING, DESCENDING = "ASC", "DESC"


def search_criteria(*groups, sort=(), descending=False, page_size=const.PAGE_SIZE, page=1):
    """Return the parameters of a search, as a dict.

    :param groups: of filters `(field, condition, value)`: all groups must hold, and of each group one filter at least.
        A single filter may stand for a group of its own. Values: text, number, or a list for `in` and `nin`.
    :param sort: fields to sort by
    """
    parameters = {}
    for number, group in enumerate(groups):
        filters = [group] if isinstance(group[0], str) else group
        for index, (field, condition, value) in enumerate(filters):
            if condition not in const.CONDITIONS:
                raise ValueError(f"Magento knows no condition {condition}")
            place = f"searchCriteria[filter_groups][{number}][filters][{index}]"
            parameters[f"{place}[field]"] = field
            parameters[f"{place}[condition_type]"] = condition
            parameters[f"{place}[value]"] = _text(value)
    for number, field in enumerate(sort):
        parameters[f"searchCriteria[sortOrders][{number}][field]"] = field
        parameters[f"searchCriteria[sortOrders][{number}][direction]"] = DESCENDING if descending else ASCENDING
    parameters["searchCriteria[pageSize]"] = str(page_size)
    parameters["searchCriteria[currentPage]"] = str(page)
    return parameters


def time_text(moment):
    """Return an aware time as Magento writes it: UTC, whole seconds, no offset."""
    return moment.astimezone(timezone.utc).strftime("%Y-%m-%d %H:%M:%S")


def listing_fields(item_fields):
    """Return the parameter `fields` for a listing of which only these fields of its items are wanted; () for all."""
    return {"fields": f"items[{','.join(item_fields)}],total_count"} if item_fields else {}


def _text(value):
    if isinstance(value, (list, tuple, set, frozenset)):
        texts = [_text(each) for each in value]
        if any("," in text for text in texts):
            # it separates the values of a list, and there is no way to escape it
            raise ValueError("Magento takes no value with a comma in a list")
        return ",".join(texts)
    if isinstance(value, bool):
        return str(int(value))
    return str(value)
