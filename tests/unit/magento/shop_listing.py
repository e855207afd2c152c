"""A listing that answers searches as Magento does."""

_CONDITIONS = {
    "eq": lambda mine, value: mine == value,
    "gt": lambda mine, value: mine > value,
    "gteq": lambda mine, value: mine >= value,
    "lt": lambda mine, value: mine < value,
    "in": lambda mine, value: str(mine) in value.split(","),
}


def find(entries, parameters):
    """Return (the page, total_count) of `entries` that `parameters` (a search) ask for."""
    groups, sort = {}, {}
    for name, value in parameters.items():
        path = name.replace("]", "").split("[")
        if path[1:2] == ["filter_groups"]:
            groups.setdefault(path[2], {}).setdefault(path[4], {})[path[5]] = value
        elif path[1:2] == ["sortOrders"] and path[3] == "field":
            sort[int(path[2])] = value
    found = [entry for entry in entries if all(_any(entry, group) for group in groups.values())]
    found.sort(key=lambda entry: [entry[field] for _number, field in sorted(sort.items())])
    size, page = int(parameters["searchCriteria[pageSize]"]), int(parameters["searchCriteria[currentPage]"])
    return found[size * (page - 1) : size * page], len(found)


def _any(entry, group):
    return any(
        _CONDITIONS[one["condition_type"]](entry[one["field"]], _like(entry[one["field"]], one))
        for one in group.values()
    )


def _like(mine, one):
    return one["value"] if one["condition_type"] == "in" else type(mine)(one["value"])
