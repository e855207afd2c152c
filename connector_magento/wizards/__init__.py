from . import integration_connect
