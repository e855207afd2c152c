from . import test_pictures, test_public_categories, test_texts
