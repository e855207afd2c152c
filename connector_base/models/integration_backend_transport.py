import os
from configparser import ConfigParser

from odoo import models
from odoo.tools import config


def server_option(name):
    """Return a setting of the server: the environment's, else that of section [integration] in odoo.conf, else ''."""
    variable = {"encryption_keys": "ODOO_INTEGRATION_KEYS"}.get(name, f"ODOO_INTEGRATION_{name.upper()}")
    if variable in os.environ:
        return os.environ[variable]
    parser = ConfigParser(interpolation=None)
    parser.read(config["config"])
    return parser.get("integration", name, fallback="")


class IntegrationBackend(models.Model):
    _inherit = "integration.backend"
