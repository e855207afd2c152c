{
    "name": "Shopify Connector",
    "version": "19.0.1.0.0",
    "summary": "Shopify and Odoo in step: orders equal to the cent within seconds, products, stock, shipments, "
    "refunds, customers, payouts",
    "author": "Connector Suite Maintainers",
    "website": "https://github.com/connector-suite/connector-suite",
    "license": "LGPL-3",
    "category": "Sales/Integrations",
    "depends": ["connector_base"],
    "external_dependencies": {"python": ["gql", "requests"]},
    "data": [
        "views/integration_backend_views.xml",
        "views/sale_order_views.xml",
        "views/product_template_views.xml",
        "wizards/integration_connect_views.xml",
    ],
}
