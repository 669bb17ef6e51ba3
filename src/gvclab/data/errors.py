"""The one error of the data catalogue."""


class DataError(ValueError):
    """A dataset cannot be had as asked; the message says why and what to do."""
