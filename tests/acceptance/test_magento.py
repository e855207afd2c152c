"""Magento's adapter passes the suite."""

from odoo.tests import TransactionCase, tagged

from .magento import Magento
from .suite import AdapterSuite


@tagged("post_install", "-at_install")
class TestMagento(AdapterSuite, TransactionCase):
    platform = Magento
