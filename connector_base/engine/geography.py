"""Countries and states of addresses: by code, else by name."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Geography:
    """Country ids by code or name, state ids by (country id, code or name); keys are casefolded."""

    countries: dict
    states: dict

    def find(self, address):
        """Return (country id, state id) of a canonical address, False for what isn't known."""
        country_id = self.countries.get(address.country_code.casefold()) or self.countries.get(
            address.country_name.casefold(), False
        )
        if not country_id:
            return False, False
        state_id = self.states.get((country_id, address.state_code.casefold())) or self.states.get(
            (country_id, address.state_name.casefold()), False
        )
        return country_id, state_id


def find_geography(env, documents):
    """Return the `Geography` for all addresses of `documents`, in at most two queries."""
    addresses = [
        address
        for document in documents
        for address in (document.billing_address, document.shipping_address)
        if address
    ]
    codes = {address.country_code.upper() for address in addresses if address.country_code}
    by_name = any(address.country_name and not address.country_code for address in addresses)
    countries, states = {}, {}
    if codes or by_name:
        found = env["res.country"].search_fetch([] if by_name else [("code", "in", list(codes))], ["code", "name"])
        for country in found:
            countries[country.name.casefold()] = countries[country.code.casefold()] = country.id
        if found and any(address.state_code or address.state_name for address in addresses):
            for state in env["res.country.state"].search_fetch(
                [("country_id", "in", found.ids)], ["code", "name", "country_id"]
            ):
                states[state.country_id.id, state.name.casefold()] = state.id
                states[state.country_id.id, state.code.casefold()] = state.id
    return Geography(countries, states)
