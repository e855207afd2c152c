from . import product_binder, product_documents, product_pictures, public_categories
