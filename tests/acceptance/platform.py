"""What the acceptance suite asks of a platform's sandbox."""

from datetime import datetime


class Platform:
    """What the suite needs to know of one platform and its sandbox. The suite's own docstrings say what for."""

    name = ""
    # Units of work in this sandbox that a fault is to hit
    orders_operation = "*"

    def __init__(self, stand_in):
        self.stand_in = stand_in

    def create_account(self):
        """Make an empty account in the sandbox."""
        raise NotImplementedError()

    def wizard_values(self):
        """Return what a user enters to connect the account."""
        raise NotImplementedError()

    def wrong_secret(self):
        """Return the wizard's values that are to be wrong, for a connection that is refused."""
        raise NotImplementedError()

    def place(self, **spec):
        """Place an order; return its external id."""
        raise NotImplementedError()

    def touch(self, external_id):
        """Change an order so that its update time moves."""
        raise NotImplementedError()

    def delete(self, external_id):
        """Delete an order."""
        raise NotImplementedError()

    def plain_order(self):
        """Return the spec of an order that any account can have."""
        raise NotImplementedError()

    def set_time_zone(self, minutes):
        """Move the account so many minutes east of UTC."""
        raise NotImplementedError()

    def short_listings(self, size):
        """Return a context manager in which the platform ends listings after `size` orders."""
        raise NotImplementedError()

    def now(self):
        """Return the platform's time, aware UTC."""
        return datetime.fromisoformat(self.stand_in.control("clock")["now"].replace("Z", "+00:00"))

    def books(self):
        """Return {external id: {"currency": text, "total": Decimal, "tax": Decimal}} as the sandbox's own books say."""
        raise NotImplementedError()

    def odd_orders(self):
        """Return the specs of orders that lack what orders may lack: customer, addresses, e-mail, SKU ..."""
        raise NotImplementedError()

    def long_order(self):
        """Return the spec of an order with more lines than one page of the platform holds."""
        raise NotImplementedError()

    def forbid_orders(self):
        """Take the permission to read orders away; return the word that the error must name."""
        raise NotImplementedError()

    def uninstall(self):
        """Remove our app from the account."""
        raise NotImplementedError()

    def small_pages(self, size):
        """Return a context manager in which listings have pages of `size` orders."""
        raise NotImplementedError()

    def fault(self, kind, **details):
        """Add a fault to the next calls."""
        self.stand_in.control("faults", {"kind": kind, **details})

    def no_faults(self):
        """Remove all faults."""
        self.stand_in.control("faults", method="DELETE")
