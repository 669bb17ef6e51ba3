"""The one error of the data catalogue."""


class DataError(Exception):
    """A dataset cannot be had as asked; the message says why and what to do."""
