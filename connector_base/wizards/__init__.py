from . import integration_connect, integration_key_rotation, integration_order_cancel
