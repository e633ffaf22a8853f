"""Publishing: what becomes of the bytes of a `POST /events`, whatever they are."""
