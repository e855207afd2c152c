"""A stateful stand-in for the APIs of commerce platforms, for demonstrations and tests.

It imports nothing of the addons: what it answers is computed by its own code, so that both sides can disagree.
"""
