"""Shopify: GraphQL Admin API, OAuth, webhooks and a small storefront."""
