"""What becomes of published requests."""
