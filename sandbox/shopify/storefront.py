"""x"""


def page(platform, shop, request, parts):
    raise NotImplementedError
