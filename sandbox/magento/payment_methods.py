"""Methods of payment."""

#: Methods of payment: what customers read, and whether money can be taken through the shop.
METHODS = {
    "checkmo": ("Check / Money order", False), "banktransfer": ("Bank Transfer Payment", False),
    "cashondelivery": ("Cash On Delivery", False), "purchaseorder": ("Purchase Order", False),
    "free": ("No Payment Information Required", False), "braintree": ("Credit Card (Braintree)", True),
    "paypal_express": ("PayPal Express Checkout", True), "stripe_payments": ("Pay by Card (Stripe)", True),
}  # fmt: skip
