"""The version that results carry; raised when the same input may give another answer."""

__version__ = "0.1.0"
