"""Customers and addresses."""

from dataclasses import dataclass
from datetime import datetime

from .values import UNSET, Unset


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """A postal address. Codes are ISO 3166-1 alpha-2 (country) and the platform's subdivision code without country."""

    name: str = ""
    company: str = ""
    street: str = ""
    street2: str = ""
    city: str = ""
    zip: str = ""
    state_code: str = ""
    state_name: str = ""
    country_code: str = ""
    country_name: str = ""
    phone: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Customer:
    """Who bought. `external_id` is empty for a guest.

    With `company` and its `vat` or `company_external_id` (the platform's id of the company) the customer buys for that
    company; a `company` alone is text. `group_external_id` is the group of customers that prices are made for.
    """

    external_id: str = ""
    email: str = ""
    name: str = ""
    phone: str = ""
    company: str = ""
    company_external_id: str = ""
    vat: str = ""
    language: str | Unset = UNSET
    tags: tuple[str, ...] | Unset = UNSET
    note: str | Unset = UNSET
    group_external_id: str | Unset = UNSET
    group_name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerAccount:
    """A customer as the platform keeps it, whether it has ordered or not.

    `addresses`: the default one first. To the platform: `customer.external_id` is empty to create it, and only what is
    stated is changed.
    """

    customer: Customer
    updated_at: datetime | None = None
    addresses: tuple[Address, ...] = ()

    @property
    def external_id(self):
        return self.customer.external_id

    @property
    def name(self):
        """What staff call the document."""
        return self.customer.name or self.customer.email or self.external_id


def split_name(name):
    """Return (first names, last name) of a name in one piece: the last word is the last name."""
    first, _space, last = name.strip().rpartition(" ")
    return (first, last) if first else (last, "")


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerPush:
    """A customer to be created or changed on the platform. `key` names it in the results."""

    key: str
    account: CustomerAccount


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerPushResult:
    """What became of a `CustomerPush`: its id on the platform, or `error`."""

    key: str
    external_id: str = ""
    error: Exception | None = None
