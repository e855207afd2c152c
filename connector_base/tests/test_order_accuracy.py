import os
from random import Random

from odoo.tests import tagged

from .order_accuracy import AccuracyCase
from .order_strategies import FEATURES, generate

# ORDER_SEED and ORDER_EXAMPLES look further than the suite does each time
SEED = int(os.environ.get("ORDER_SEED", "20260301"))
EXAMPLES = int(os.environ.get("ORDER_EXAMPLES", "42"))  # orders per way of rounding


@tagged("post_install", "-at_install")
class TestOrderAccuracy(AccuracyCase):
    """Orders, the posted invoices made of them and full credit notes equal the documents to the minor unit."""

    def documents(self, prefix, seed):
        rnd = Random(seed)
        return [generate(rnd, f"{prefix}{number}", [FEATURES[number % len(FEATURES)]]) for number in range(EXAMPLES)]

    def test_rounded_globally(self):
        self.company.tax_calculation_rounding_method = "round_globally"
        self.check_life(self.documents("G", SEED))

    def test_rounded_per_line(self):
        self.company.tax_calculation_rounding_method = "round_per_line"
        self.check_life(self.documents("L", SEED + 1))
