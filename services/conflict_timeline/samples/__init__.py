"""Sample histories that ship with the project; each folder says where it comes from."""
