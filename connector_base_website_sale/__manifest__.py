{
    "name": "Connector Base: Website",
    "version": "19.0.1.0.0",
    "summary": "Pictures, categories and texts of the website's products, in step with sales channels",
    "author": "Connector Suite Maintainers",
    "website": "https://github.com/connector-suite/connector-suite",
    "license": "LGPL-3",
    "category": "Sales/Integrations",
    "depends": ["connector_base", "website_sale"],
    "data": [
        "views/integration_backend_views.xml",
        "views/integration_category_views.xml",
        "views/product_image_views.xml",
        "views/product_template_views.xml",
    ],
    "auto_install": True,
    "post_init_hook": "post_init_hook",
    "uninstall_hook": "uninstall_hook",
}
