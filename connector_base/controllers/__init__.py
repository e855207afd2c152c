from . import privacy, webhook
