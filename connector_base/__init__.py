from . import controllers, engine, models, wizards
from .heartbeat import post_load
