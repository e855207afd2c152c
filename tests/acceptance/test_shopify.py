"""Shopify's adapter passes the suite."""

from odoo.tests import TransactionCase, tagged

from .shopify import Shopify
from .suite import AdapterSuite


@tagged("post_install", "-at_install")
class TestShopify(AdapterSuite, TransactionCase):
    platform = Shopify
