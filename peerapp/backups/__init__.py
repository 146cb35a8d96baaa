"""Backups: every row in one sealed file, and the drill that shows it can be restored."""
