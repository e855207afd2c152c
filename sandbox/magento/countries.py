"""Countries and their regions, some of those that Magento_Directory installs.

https://developer.adobe.com/commerce/webapi/rest/modules/directory
"""

from .errors import missing
from .routes import ANONYMOUS, Call, route

#: Two letters -> three letters, name, and the regions: {code: (id, name)}
COUNTRIES = {
    "AT": ("AUT", "Austria", {"WI": (95, "Wien"), "TI": (101, "Tirol")}),
    "BE": ("BEL", "Belgium", {}),
    "CA": ("CAN", "Canada", {
        "AB": (66, "Alberta"), "BC": (67, "British Columbia"), "ON": (74, "Ontario"), "QC": (76, "Quebec"),
    }),
    "DE": ("DEU", "Germany", {"BER": (82, "Berlin"), "NRW": (88, "Nordrhein-Westfalen")}),
    "FR": ("FRA", "France", {"69": (251, "Rhône"), "75": (257, "Paris")}),
    "GB": ("GBR", "United Kingdom", {}),
    "JP": ("JPN", "Japan", {}),
    "KW": ("KWT", "Kuwait", {}),
    "MT": ("MLT", "Malta", {}),
    "US": ("USA", "United States", {
        "AZ": (4, "Arizona"), "CA": (12, "California"), "NY": (43, "New York"), "OR": (49, "Oregon"),
        "TX": (57, "Texas"),
    }),
}  # fmt: skip


def region_id(country: str | None, code: str | None) -> int | None:
    """The id of a region, None if it is unknown."""
    return COUNTRIES.get(country, ("", "", {}))[2].get(code, (None, ""))[0]


def _told(code: str) -> dict:
    letters, name, regions = COUNTRIES[code]
    told = {
        "id": code, "two_letter_abbreviation": code, "three_letter_abbreviation": letters, "full_name_locale": name,
        "full_name_english": name,
    }  # fmt: skip
    if regions:  # the key is left out where there are none
        told["available_regions"] = [
            {"id": str(number), "code": region, "name": title} for region, (number, title) in regions.items()
        ]
    return told


@route("GET", "directory/countries", ANONYMOUS)
def countries(_call: Call):
    return [_told(code) for code in COUNTRIES]


@route("GET", "directory/countries/{code}", ANONYMOUS)
def country(_call: Call, code: str):
    if code not in COUNTRIES:
        raise missing("Requested country is not available.")
    return _told(code)
