"""Between Odoo's naive UTC datetimes and the aware ones of everything outside it."""

from datetime import timezone

UTC = timezone.utc  # datetime.UTC exists from Python 3.11 on


def aware(value):
    """Return a naive UTC datetime (or None, False) as an aware one (or None)."""
    return value.replace(tzinfo=UTC) if value else None


def naive(value):
    """Return an aware datetime (or None) as a naive one in UTC, without microseconds (or None)."""
    return value.astimezone(UTC).replace(tzinfo=None, microsecond=0) if value else None
