"""Sending many things by calls that take all of what they are given, or nothing."""

from .errors import DataError


def send_in_halves(items, send, size):
    """Send `items`, as many per call as it takes; of what is refused each half by itself, so that only bad ones fail.

    :param send: a function (items); it raises DataError when they are refused
    :param int size: how many a call takes
    :return: yields (item, None or the DataError) of each, as soon as it is known
    """
    for start in range(0, len(items), size):
        yield from _send(items[start : start + size], send)


def _send(items, send):
    try:
        send(items)
    except DataError as error:
        if len(items) == 1:
            yield items[0], error
            return
        middle = len(items) // 2
        yield from _send(items[:middle], send)
        yield from _send(items[middle:], send)
    else:
        for item in items:
            yield item, None
