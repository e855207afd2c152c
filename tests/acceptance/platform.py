"""What the acceptance suite asks of a platform's sandbox."""

from contextlib import nullcontext
from datetime import datetime


class Platform:
    """What the suite needs to know of one platform and its sandbox. The suite's own docstrings say what for."""

    name = ""
    # Its name in the sandbox
    domain = ""
    # Calls that news of a quantity take, which say what it is or only that it changed
    reads_of_stock_news = 0
    # Whether an order reserves its units: what lies at a place, which Odoo tells, stays until they are sent
    reserves = False
    # Whether the platform keeps why an order was cancelled
    keeps_cancel_reason = True
    # HTTP statuses by which the platform says that the account is closed to everybody
    closed_statuses = ()
    # `Product.status` of a product that was archived in Odoo
    archived_status = "archived"
    # Capabilities of the adapter that need more than an account, which this one has not
    not_set_up = frozenset()
    # What calls are named in this sandbox, for faults and counts
    orders_operation = "*"
    products_operation = "*"
    product_price_operation = "*"
    # of the variants of one product together
    variant_prices_operation = "*"
    product_create_operation = "*"
    stock_operation = "*"
    # Calls before it, where nothing is compared while it is set
    stock_reads = ()
    shipment_operation = "*"
    refund_operation = "*"
    # Capability -> what only it needs, as `_forbid` of the platform's class takes it: a scope, a call
    own_permissions = {}
    # Fields of an order in its answers that may be null, each by its name; `leaves_out`: or may not be there at all
    optional_fields = ()
    # The same of a product
    optional_product_fields = ()
    leaves_out = False
    longest_sku = 255
    # How many calls a tracking number takes that comes later
    tracking_calls = 1
    # Part of a product -> the kinds of calls that a change of it takes, where that is not one call
    calls_per_part = {}

    def __init__(self, stand_in):
        self.stand_in = stand_in

    def no_limit(self):
        """Return a context manager in which no limit is kept that Odoo has set for itself."""
        return nullcontext()

    def create_account(self):
        """Make an empty account in the sandbox."""
        raise NotImplementedError()

    def delete_account(self):
        """Make it as if the account had never been."""
        self.stand_in.control(f"shops/{self.domain}", method="DELETE")

    def wizard_values(self):
        """Return what a user enters to connect the account."""
        raise NotImplementedError()

    def settings(self, address):
        """Return what a user sets on the channel beside, once it is connected.

        :param address: where it takes webhooks
        """
        return {}

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

    def edit(self, external_id, quantity):
        """Let the order of `plain_order` be of another quantity; return the external id of what it is then."""
        raise NotImplementedError()

    def readdress(self, external_id, city):
        """Let an order go to another city, and a second later than before."""
        raise NotImplementedError()

    def plain_order(self):
        """Return the spec of an order that any account can have."""
        raise NotImplementedError()

    def written_order(self, text, note):
        """Return the spec of an order as `plain_order`, with `text` for first name, street and city, and a note."""
        raise NotImplementedError()

    def set_time_zone(self, minutes):
        """Move the account so many minutes east of UTC."""
        raise NotImplementedError()

    def short_listings(self, size):
        """Return a context manager in which the platform ends listings after `size` orders; some never do."""
        return nullcontext()

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

    def throttle(self, **details):
        """Let the next calls be refused because there were too many."""
        self.fault("throttled", **details)

    def no_faults(self):
        """Remove all faults."""
        self.stand_in.control("faults", method="DELETE")

    def calls(self):
        """Return the names of the calls made since this was asked last, in their order; tokens left out."""
        raise NotImplementedError()

    def writes(self, calls):
        """Return those of `calls` that change something."""
        raise NotImplementedError()

    def undelivered(self):
        """Return how many webhooks are still on their way; asked of platforms that have some."""
        raise NotImplementedError()

    def forbid(self, capability):
        """Take a permission away that only `capability` needs; return the word that the error must name."""
        raise NotImplementedError()

    def permit(self):
        """Give all permissions back."""
        raise NotImplementedError()

    # === PRODUCTS === #

    def place_product(self, **spec):
        """Make a product in the account; return its external id.

        :param spec: title, price, sku, and options: {name: [values]}
        """
        raise NotImplementedError()

    def change_product(self, external_id, **changes):
        """Change `title` or `price` (of all variants) as the merchant does, a second later."""
        raise NotImplementedError()

    def add_picture(self, external_id, text, **details):
        """Put a picture that is made of a text behind the product's others.

        :param details: `name` of its file
        """
        raise NotImplementedError()

    def remove_pictures(self, external_id):
        """Take all pictures off a product."""
        raise NotImplementedError()

    def delete_product(self, external_id):
        """Delete a product."""
        raise NotImplementedError()

    def products(self):
        """Return {external id: product} as the account has it: dicts of title, status (as `Product.status`), pictures
        (how many), and variants: {SKU: {"price": Decimal, "barcode": text}}."""
        raise NotImplementedError()

    def small_product_pages(self, size):
        """Return a context manager in which listings have pages of `size` products."""
        raise NotImplementedError()

    # === STOCK === #

    def open_location(self):
        """Open one more location; return its external id."""
        raise NotImplementedError()

    def set_stock(self, sku, location, quantity):
        """Set a quantity as the merchant does; the article is stocked at the location from then on."""
        raise NotImplementedError()

    def stock(self):
        """Return {(SKU, external id of the location): quantity} of what is stocked where and can be sold."""
        raise NotImplementedError()

    def stock_batches(self, size):
        """Return a context manager in which the platform takes `size` quantities per call."""
        raise NotImplementedError()

    # === SHIPMENTS AND REFUNDS === #

    def place_of(self, quantities):
        """Place a paid order of {SKU: quantity} of the account's products; return its external id."""
        raise NotImplementedError()

    def shipments(self, order):
        """Return the order's shipments: dicts of numbers (a list) and units: {SKU: quantity}."""
        raise NotImplementedError()

    def ship(self, order, number):
        """Send all that is left of an order, outside of Odoo."""
        raise NotImplementedError()

    def hold(self, order):
        """Hold an order's shipping back."""
        raise NotImplementedError()

    def release(self, order):
        """Let it be shipped again."""
        raise NotImplementedError()

    def refunds(self, order):
        """Return the order's refunds: dicts of amount (Decimal, the account's currency) and units: {SKU: quantity}."""
        raise NotImplementedError()
