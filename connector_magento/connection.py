"""What a connection test asks a shop: what it is, what it has, and what we may. No Odoo import."""

from dataclasses import dataclass

from odoo.addons.connector_base.transport import ConfigurationError, DataError, PermissionMissing

from . import const


@dataclass(frozen=True, slots=True, kw_only=True)
class Survey:
    """What was found. None where we may not look; `denied` names the resources that we have no access to."""

    product: str
    version: str
    edition: str
    modules: frozenset | None
    store_configs: list | None
    websites: list | None
    store_groups: list | None
    store_views: list | None
    denied: tuple[str, ...]

    @property
    def currencies(self):
        """The currencies that the websites reckon in."""
        return sorted({config["base_currency_code"] for config in self.store_configs or ()})


def survey(client, flows):
    """Look at a shop and try what `flows` (capabilities) call; return the `Survey`.

    :raise ConfigurationError: the credentials are refused
    """
    denied, remedies = {}, []

    def ask(read, *arguments):
        try:
            return read(*arguments)
        except PermissionMissing as error:
            denied[error.code] = True
            remedies.append(error.remedy)
            return None

    product, version, edition = client.version()
    try:
        modules = ask(client.modules)
    except DataError as error:
        # The call holds nothing that could be wrong but its signature, and the time in it.
        raise ConfigurationError(
            f"Magento refuses the signature. {error.message}",
            remedy="Check the clock of this server and of the shop's: they may differ by ten minutes at most.",
            status=error.status,
        ) from None
    configs = ask(client.store_configs)
    websites = ask(client.websites)
    groups = ask(client.store_groups)
    views = ask(client.store_views)
    if modules is None and configs is None and websites is None and groups is None and views is None:
        # Who shows a token that is unknown is a visitor for Magento, and told which right visitors lack.
        raise ConfigurationError("Magento refuses the credentials, or permits nothing.", remedy=remedies[0], status=401)
    for probe in probes(flows, modules):
        ask(client.permits, *probe)
    if modules and const.COMMERCE_MODULE in modules:
        edition = edition or const.COMMERCE_EDITION
    return Survey(
        product=product,
        version=version,
        edition=edition,
        modules=modules,
        store_configs=configs,
        websites=websites,
        store_groups=groups,
        store_views=views,
        denied=tuple(denied),
    )


def probes(flows, modules):
    """Return the calls to try for `flows`, each once: (method, path, parameters or body).

    :param modules: of the shop; None if they are unknown
    """
    wanted = [probe for flow in sorted(flows) for probe in const.PROBES.get(flow, ())]
    if not {"stock_in", "stock_out"}.isdisjoint(flows):
        wanted += const.STOCK_PROBES[const.MSI_MODULE in (modules or ())]
    seen = {(method, path): (method, path, parameters) for method, path, parameters in wanted}
    return list(seen.values())
