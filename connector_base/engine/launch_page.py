"""What the launch of a page of deliveries keeps for its time."""


class LaunchPage:
    """A context value (compared by identity): transfers to confirm at the end, and rule searches already made."""

    def __init__(self):
        self.picking_ids = []
        self.rules = {}
