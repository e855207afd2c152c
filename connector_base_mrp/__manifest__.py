{
    "name": "Connector Base: Kits",
    "version": "19.0.1.0.0",
    "summary": "Kits come from sales channels, which are told how many can be put together from what is in stock",
    "author": "Connector Suite Maintainers",
    "website": "https://github.com/connector-suite/connector-suite",
    "license": "LGPL-3",
    "category": "Sales/Integrations",
    "depends": ["connector_base", "mrp"],
    "auto_install": True,
}
