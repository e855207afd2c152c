"""Exact money, and digests that tell documents apart by content only."""

import dataclasses
import subprocess
import sys
from datetime import datetime, timezone
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.connector_base.canonical import (
    UNSET,
    Address,
    Customer,
    TaxLine,
    Unset,
    digest,
    minor_units,
    money,
    quantize,
)

AMOUNTS = st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**9), max_value=10**9, places=6)
TEXTS = st.text(st.characters(exclude_categories=("Cs",)), max_size=20)


@given(AMOUNTS)
def test_money_is_exact(amount):
    assert money(str(amount)) == amount
    assert money(amount) == amount


@given(st.integers())
def test_money_of_integers(amount):
    assert money(amount) == amount


@pytest.mark.parametrize("value", [1.5, "", "1,50", "abc", None, True, "NaN", "Infinity", Decimal("NaN"), b"1"])
def test_money_refuses_what_is_not_exact(value):
    with pytest.raises(ValueError, match="amount"):
        money(value)


@pytest.mark.parametrize(("currency", "digits"), [("EUR", 2), ("JPY", 0), ("KWD", 3), ("KRW", 0), ("XXX", 2)])
def test_minor_units(currency, digits):
    assert minor_units(currency) == digits


@given(AMOUNTS, st.sampled_from(["EUR", "JPY", "KWD"]))
def test_quantize(amount, currency):
    quantized = quantize(amount, currency)
    unit = Decimal(1).scaleb(-minor_units(currency))
    assert abs(quantized - amount) <= unit / 2
    assert quantized % unit == 0
    assert quantize(quantized, currency) == quantized


def test_quantize_rounds_half_up():
    assert quantize(Decimal("0.125"), "EUR") == Decimal("0.13")
    assert quantize(Decimal("-0.125"), "EUR") == Decimal("-0.13")


def test_unset():
    assert not UNSET
    assert UNSET is Unset.UNSET
    assert repr(UNSET) == "UNSET"


# === DIGEST === #

ADDRESSES = st.builds(
    Address, name=TEXTS, street=TEXTS, city=TEXTS, zip=TEXTS, country_code=st.sampled_from(["", "DE"])
)


@given(ADDRESSES, ADDRESSES)
def test_digest_is_equal_for_equal_documents_only(first, second):
    assert (digest(first) == digest(second)) == (first == second)
    assert digest(first) == digest(dataclasses.replace(first))


@given(AMOUNTS)
def test_digest_of_an_amount_is_that_of_its_value(amount):
    def tax(value):
        return TaxLine(title="VAT", rate=Decimal("0.2"), amount=value)

    assert digest(tax(amount)) == digest(tax(amount.normalize())) == digest(tax(amount.quantize(Decimal("1E-8"))))
    assert digest(tax(amount)) != digest(tax(amount + 1))


def test_digest_tells_unset_from_empty():
    assert digest(Customer(language=UNSET)) == digest(Customer())
    assert digest(Customer(language="")) != digest(Customer())


def test_digest_of_plain_values():
    moment = datetime(2026, 3, 1, tzinfo=timezone.utc)
    assert digest((moment, None, True, 1, "x")) == digest((moment, None, True, 1, "x"))
    assert digest((moment,)) != digest((moment.replace(hour=1),))


def test_digest_refuses_what_is_not_canonical():
    with pytest.raises(TypeError, match="float"):
        digest((1.5,))


def test_digest_is_the_same_in_another_process():
    code = (
        "from tests import pure_imports; pure_imports.install()\n"
        "from odoo.addons.connector_base.canonical import Address, digest\n"
        "print(digest(Address(name='Ada', city='Löwen')))"
    )
    other = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert other.stdout.strip() == digest(Address(name="Ada", city="Löwen"))
