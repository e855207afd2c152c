"""The parts of an account that have settings of their own."""

from dataclasses import dataclass

# From the widest to the narrowest; a platform's own kinds are added by its addon.
SCOPE_KINDS = ("website", "store", "store_view")


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """A website, a store, a view of a store in one language: whatever a platform keeps apart within one account.

    `external_id` is unique among the scopes of all kinds. `code` is what the platform's API calls it by. `language`
    (BCP 47) and `currency` (ISO 4217) are "" where it has none of its own. `channel_external_id` names the `Channel` by
    which products are assigned to it, "" where they are not.
    """

    external_id: str
    name: str
    kind: str
    code: str = ""
    parent_external_id: str = ""
    channel_external_id: str = ""
    active: bool = True
    language: str = ""
    currency: str = ""
    url: str = ""
