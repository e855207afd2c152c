{
    "name": "Magento Connector",
    "version": "19.0.1.0.0",
    "summary": "Magento 2, Mage-OS and Adobe Commerce and Odoo in step, with a website's and a store's own settings",
    "author": "Connector Suite Maintainers",
    "website": "https://github.com/connector-suite/connector-suite",
    "license": "LGPL-3",
    "category": "Sales/Integrations",
    "depends": ["connector_base"],
    "external_dependencies": {"python": ["requests", "requests_oauthlib"]},
    "data": [
        "views/integration_backend_orders_views.xml",
        "views/integration_backend_products_views.xml",
        "views/integration_backend_views.xml",
        "views/product_template_views.xml",
        "views/sale_order_views.xml",
        "wizards/integration_connect_views.xml",
    ],
}
