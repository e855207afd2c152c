{
    "name": "Magento Connector",
    "version": "19.0.1.0.0",
    "summary": "Magento 2 and Adobe Commerce in step with Odoo",
    "author": "Connector Suite Maintainers",
    "website": "https://github.com/connector-suite/connector-suite",
    "license": "LGPL-3",
    "category": "Sales/Integrations",
    "depends": ["connector_base"],
    "data": [],
}
