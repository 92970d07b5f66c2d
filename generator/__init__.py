"""One grant case in YAML becomes the finished official forms."""

__version__ = "0.1.0"
