"""What a connection test asks a shop: what it is, what it has, and what we may. No Odoo import."""

from dataclasses import dataclass

from odoo.addons.connector_base.transport import ConfigurationError, DataError, PermissionMissing

from . import const


@dataclass(frozen=True, slots=True, kw_only=True)
class Survey:
    """What was found. None where we may not look.

    `currency` is that of prices for all stores, "" if it is unknown. `denied`: (resource that we have no access to, the
    flows that need it; none: the connection itself).
    """

    product: str
    version: str
    edition: str
    modules: frozenset | None
    currency: str
    store_configs: list | None
    websites: list | None
    store_groups: list | None
    store_views: list | None
    denied: tuple[tuple[str, tuple[str, ...]], ...]

    @property
    def currencies(self):
        """The currencies that the websites reckon in."""
        return sorted(
            {config["base_currency_code"] for config in self.store_configs or () if config.get("base_currency_code")}
        )


def survey(client, flows):
    """Look at a shop and try what `flows` (capabilities) call; return the `Survey`.

    :raise ConfigurationError: the credentials are refused
    """
    denied, remedies = {}, []

    def ask(read, *arguments, needed_by=()):
        try:
            return read(*arguments)
        except PermissionMissing as error:
            denied.setdefault(error.code, []).extend(needed_by)
            remedies.append(error.remedy)
            return None

    try:
        modules = ask(client.modules)
    except DataError as error:
        # The call holds nothing that could be wrong but its signature, and the time in it.
        raise ConfigurationError(
            f"Magento refuses the signature. {error.message}",
            remedy="Check the clock of this server and of the shop's: they may differ by ten minutes at most.",
            status=error.status,
        ) from None
    currency = ask(client.base_currency)
    configs = ask(client.store_configs)
    websites = ask(client.websites)
    groups = ask(client.store_groups)
    views = ask(client.store_views)
    if modules is None and configs is None and websites is None and groups is None and views is None:
        # Who shows a token that is unknown is a visitor for Magento, and told which right visitors lack.
        raise ConfigurationError("Magento refuses the credentials, or permits nothing.", remedy=remedies[0], status=401)
    product, version, edition = client.version()
    for probe, needed_by in probes(flows, modules):
        ask(client.permits, *probe, needed_by=needed_by)
    if modules and const.COMMERCE_MODULE in modules:
        edition = edition or const.COMMERCE_EDITION
    return Survey(
        product=product,
        version=version,
        edition=edition,
        modules=modules,
        currency=currency or "",
        store_configs=configs,
        websites=websites,
        store_groups=groups,
        store_views=views,
        denied=tuple((resource, tuple(dict.fromkeys(needed_by))) for resource, needed_by in denied.items()),
    )


def probes(flows, modules):
    """Return the calls to try for `flows`, each once: [((method, path, parameters or body), flows that make it)].

    :param modules: of the shop; None if they are unknown
    """
    by_source = const.MSI_MODULE in (modules or ())
    wanted, needed_by = {}, {}
    for flow in sorted(flows):
        for probe in (*const.PROBES.get(flow, ()), *const.STOCK_PROBES[by_source].get(flow, ())):
            wanted.setdefault(probe[:2], probe)
            needed_by.setdefault(probe[:2], []).append(flow)
    return [(probe, tuple(needed_by[call])) for call, probe in wanted.items()]
