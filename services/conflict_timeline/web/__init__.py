"""Process: HTTP, live subscription, and publishing with a receipt."""
