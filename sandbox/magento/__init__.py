"""Stand-in for Magento Open Source and Adobe Commerce 2.4: the REST API of the admin, and a storefront."""
