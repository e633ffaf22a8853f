"""What is exported: flat tables, features on a map, and the package that says what they are."""
