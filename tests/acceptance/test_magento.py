"""Magento's adapter passes the suite."""

from unittest.mock import patch

from odoo.tests import TransactionCase, tagged

from odoo.addons.connector_magento import const

from .magento import Magento
from .suite import AdapterSuite


@tagged("post_install", "-at_install")
class TestMagento(AdapterSuite, TransactionCase):
    platform = Magento

    def setUp(self):
        # Magento has no limit, and the one that we keep is not tried here
        self.enterContext(patch.object(const, "DEFAULT_BUDGET", (1000, 100)))
        super().setUp()
