def words(text):
    """Return the words of a text that separates them by commas, in lower case, in order; [] for none."""
    return [word.strip().lower() for word in (text or "").split(",") if word.strip()]
