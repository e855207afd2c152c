"""Countries and states of addresses: by code, else by name, in English, the country's own or an installed language."""

import unicodedata
from dataclasses import dataclass
from functools import cache

from babel.core import Locale, UnknownLocaleError, get_global
from babel.languages import get_official_languages

# What people and platforms write and neither Odoo nor CLDR (babel) has as a name
_ALIASES = {
    "england": "GB",
    "great britain": "GB",
    "holland": "NL",
    "hong kong": "HK",
    "northern ireland": "GB",
    "russian federation": "RU",
    "scotland": "GB",
    "the netherlands": "NL",
    "turkey": "TR",
    "u k": "GB",
    "u s": "US",
    "u s a": "US",
    "united states of america": "US",
    "viet nam": "VN",
    "wales": "GB",
}


@dataclass(frozen=True, slots=True)
class Place:
    """Where an address is: ids or False, and the text of what isn't known, so that nothing is lost."""

    country_id: int | bool
    state_id: int | bool
    rest: str = ""


@dataclass(frozen=True, slots=True)
class Geography:
    """Look-ups by `simple` texts.

    `countries`: id by code or name; `codes`: country code by id; `states`: id by (country id, code or name);
    `worldwide`: [(state id, country id)] by code or name, for addresses without country.
    """

    countries: dict
    codes: dict
    states: dict
    worldwide: dict

    def find(self, address):
        """Return the `Place` of a canonical address."""
        state_text = address.state_name or address.state_code
        country_text = address.country_name or address.country_code
        country_id = self._country(address)
        state_id = self._state(address, country_id) if country_id and state_text else False
        if state_text and not country_text:
            # nothing but a state: taken when there is only one like it, else not guessed
            found = self.worldwide.get(simple(state_text), ())
            if len(found) == 1:
                state_id, country_id = found[0]
        rest = []
        if not state_id and _ALIASES.get(simple(state_text), "") != self.codes.get(country_id):  # England is no state
            rest.append(state_text)
        if not country_id:
            rest.append(country_text)
        return Place(country_id, state_id, ", ".join(filter(None, rest)))

    def _country(self, address):
        texts = [text for text in (simple(address.country_code), simple(address.country_name)) if text]
        for text in texts:
            if text in self.countries:
                return self.countries[text]
        codes = [world()[text] for text in texts if text in world()]
        return next((self.countries[code] for code in map(simple, codes) if code in self.countries), False)

    def _state(self, address, country_id):
        code, prefix = simple(address.state_code), simple(self.codes[country_id])
        # ISO 3166-2 writes the country before the code; platforms and Odoo do so for some countries only
        for text in (simple(address.state_name), code, f"{prefix} {code}", code.removeprefix(f"{prefix} ")):
            if text and (country_id, text) in self.states:
                return self.states[country_id, text]
        return False


def find_geography(env, documents):
    """Return the `Geography` for all addresses of `documents`: two queries when all countries are stated by code."""
    addresses = [
        address
        for document in documents
        for address in (document.billing_address, document.shipping_address)
        if address
    ]
    countries = _find_countries(env, addresses)
    codes = {country.id: country.code for country in countries}
    by_text = {simple(country.code): country.id for country in countries}
    if any(simple(text) not in by_text for address in addresses if (text := _country_text(address))):
        for code, _name in env["res.lang"].get_installed():
            for country in countries.with_context(lang=code).search_fetch([], ["name"]):
                by_text.setdefault(simple(country.name), country.id)
    stated = [address for address in addresses if address.state_code or address.state_name]
    states, worldwide = {}, {}
    if stated:
        anywhere = any(not _country_text(address) for address in stated)
        domain = [] if anywhere else [("country_id", "in", countries.ids)]
        found = env["res.country.state"].search_fetch(domain, ["code", "name", "country_id"])
        for state in found:
            states[state.country_id.id, simple(state.code)] = state.id
        for state in found:  # a name says more than a code: it wins where both are used
            states[state.country_id.id, simple(state.name)] = state.id
        for (country_id, text), state_id in states.items() if anywhere else ():
            worldwide.setdefault(text, []).append((state_id, country_id))
    return Geography(by_text, codes, states, worldwide)


def _country_text(address):
    return address.country_code or address.country_name


def _find_countries(env, addresses):
    """Return the countries in question: those of the stated codes, all when that isn't enough."""
    fields = ["code", "name", "phone_code"]
    codes = {simple(address.country_code).upper() for address in addresses if address.country_code}
    Country = env["res.country"]
    found = Country.search_fetch([("code", "in", list(codes))], fields) if codes else Country
    if len(found) < len(codes) or any(address.country_name and not address.country_code for address in addresses):
        return Country.search_fetch([], fields)
    return found


def simple(text):
    """Return `text` without case, accents and punctuation."""
    letters = unicodedata.normalize("NFKD", text or "")
    kept = "".join(c if c.isalnum() else " " for c in letters if not unicodedata.combining(c))
    return " ".join(kept.casefold().split())


@cache
def world():
    """Return {name: ISO code} of all countries: English and official languages (CLDR), old and three-letter codes."""
    aliases = {simple(text): codes[0] for text, codes in get_global("territory_aliases").items() if len(codes) == 1}
    found, ambiguous = {}, set()
    for code in Locale("en").territories:
        if len(code) != 2 or not code.isalpha():
            continue
        for language in {"en", *get_official_languages(code)}:
            try:
                name = simple(Locale.parse(language).territories.get(code, ""))
            except (UnknownLocaleError, ValueError):  # CLDR has no data for some small languages
                continue
            if found.setdefault(name, code) != code:
                ambiguous.add(name)
    names = {name: code for name, code in found.items() if name and name not in ambiguous}
    return {**aliases, **names, **_ALIASES}
