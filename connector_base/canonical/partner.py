"""Customers and addresses."""

from dataclasses import dataclass

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
    company; a `company` alone is text.
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
