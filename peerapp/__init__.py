"""The site of a family peer coaching scheme."""
