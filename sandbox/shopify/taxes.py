"""Taxes by destination: which rates apply, and whether the prices there include them."""

#: (country, province or None) -> (prices include taxes, [(title, rate)]).
REGIMES = {
    ("US", "CA"): (False, [("California State Tax", "0.06"), ("Los Angeles County Tax", "0.0125")]),
    ("US", "NY"): (False, [("New York State Tax", "0.04"), ("New York City Tax", "0.045")]),
    ("US", "TX"): (False, [("Texas State Tax", "0.0625")]),
    ("US", "OR"): (False, []),
    ("US", None): (False, [("State Tax", "0.056")]),
    ("CA", "BC"): (False, [("GST", "0.05"), ("PST", "0.07")]),
    ("CA", "QC"): (False, [("GST", "0.05"), ("QST", "0.09975")]),
    ("CA", "ON"): (False, [("HST", "0.13")]),
    ("CA", None): (False, [("GST", "0.05")]),
    ("GB", None): (True, [("GB VAT", "0.2")]),
    ("DE", None): (True, [("DE MwSt", "0.19")]),
    ("FR", None): (True, [("FR TVA", "0.2")]),
    ("SE", None): (True, [("SE Moms", "0.25")]),
    ("PL", None): (True, [("PL VAT", "0.23")]),
    ("CH", None): (True, [("CH MWST", "0.081")]),
    ("JP", None): (True, [("CT", "0.1")]),
    ("AU", None): (True, [("GST", "0.1")]),
    ("KW", None): (False, []),
    ("MT", None): (True, [("Zero-rated", "0")]),
}

CURRENCY_OF = {
    "US": "USD", "CA": "CAD", "GB": "GBP", "DE": "EUR", "FR": "EUR", "SE": "SEK", "PL": "PLN", "CH": "CHF",
    "JP": "JPY", "AU": "AUD", "KW": "KWD", "MT": "EUR",
}  # fmt: skip


def regime(country: str | None, province: str | None) -> tuple[bool, list[dict]]:
    """(prices include taxes, rates) of a destination; unknown ones pay no tax."""
    included, rates = REGIMES.get((country, province)) or REGIMES.get((country, None)) or (False, [])
    return included, [{"title": title, "rate": rate} for title, rate in rates]
