{
    "name": "Shopify Connector",
    "version": "19.0.1.0.0",
    "summary": "Shopify orders in Odoo within seconds, equal to the cent: webhooks, incremental import, "
    "customers, taxes, discounts, currencies",
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
