"""Invented people and places for seeded customers and orders. Addresses are made up; mail goes to example.com."""

FIRST = (
    "Ada", "Zoë", "Łukasz", "François", "Søren", "Maya", "Noah", "Ines", "Jürgen", "Siobhán", "Ravi", "Chloé", "Mateo",
    "Yuki", "Omar", "Freya", "Dmytro", "Aisha", "Liam", "Renée", "Björn", "Thandi", "Ömer", "Nia", "Paweł", "Elena",
)  # fmt: skip
LAST = (
    "Nguyễn",
    "O'Brien", "Müller", "Smith", "García", "Kowalska", "Lindqvist", "Haddad", "Tanaka", "Dubois", "Østergaard",
    "de la Cruz", "Patel", "Johnson", "van der Meer", "Çelik", "Brown", "Rossi", "Şahin", "Wright", "Novák", "Al-Sabah",
)  # fmt: skip
#: Whole names where given and family name are written otherwise.
NATIVE = {"JP": (("太郎", "山田"), ("花子", "佐藤"), ("健", "鈴木")), "KW": (("محمد", "الصباح"), ("نورة", "العنزي"))}

#: weight, country, province code, province, city, zip, country name, phone prefix, street pattern
PLACES = (
    (11, "US", "CA", "California", "Los Angeles", "90013", "United States", "+1213555", "{} Figueroa St"),
    (6, "US", "NY", "New York", "New York", "10013", "United States", "+1212555", "{} Canal St"),
    (9, "US", "TX", "Texas", "Austin", "78701", "United States", "+1512555", "{} Congress Ave"),
    (4, "US", "OR", "Oregon", "Portland", "97205", "United States", "+1503555", "{} Burnside St"),
    (4, "US", "AZ", "Arizona", "Phoenix", "85004", "United States", "+1602555", "{} Central Ave"),
    (8, "CA", "BC", "British Columbia", "Vancouver", "V6B 1A9", "Canada", "+1604555", "{} Granville St"),
    (5, "CA", "QC", "Québec", "Montréal", "H2Y 1C6", "Canada", "+1514555", "{} rue Saint-Paul Ouest"),
    (4, "CA", "ON", "Ontario", "Toronto", "M5V 2T6", "Canada", "+1416555", "{} Queen St W"),
    (14, "GB", "ENG", "England", "Leeds", "LS1 4DY", "United Kingdom", "+4411355", "{} Park Row"),
    (12, "DE", None, None, "Köln", "50667", "Germany", "+4922155", "Große Straße {}"),
    (7, "FR", None, None, "Lyon", "69002", "France", "+334555", "{} rue de la République"),
    (5, "JP", "JP-13", "Tōkyō", "渋谷区", "150-0002", "Japan", "+81355", "渋谷{}丁目"),
    (6, "KW", None, None, "Kuwait City", None, "Kuwait", "+965555", "Block {}, Street 12"),
    (5, "MT", None, None, "Valletta", "VLT 1114", "Malta", "+356555", "{} Triq ir-Repubblika"),
)  # fmt: skip


def pick_place(chosen) -> tuple:
    return chosen.choices(PLACES, [place[0] for place in PLACES])[0]


def person(chosen, country: str) -> tuple[str, str]:
    """(first name, last name)."""
    if country in NATIVE and chosen.random() < 0.6:
        return chosen.choice(NATIVE[country])
    return chosen.choice(FIRST), chosen.choice(LAST)


def address(chosen, place: tuple, name: tuple[str, str], number: int) -> dict:
    _, country, province_code, province, city, zip_code, country_name, phone, street = place
    return {
        "id": number,
        "first_name": name[0],
        "last_name": name[1],
        "company": chosen.choice(("Ærø Trading Ltd", "Blue & Co. KG")) if chosen.random() < 0.08 else None,
        "address1": street.format(chosen.randint(1, 250)),
        "address2": f"Unit {chosen.randint(1, 40)}" if chosen.random() < 0.2 else None,
        "city": city,
        "province": province,
        "province_code": province_code,
        "zip": zip_code,
        "country": country_name,
        "country_code": country,
        "phone": f"{phone}{chosen.randint(1000, 9999)}" if chosen.random() < 0.7 else None,
    }
