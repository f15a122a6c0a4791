"""Times and sizes in words."""

_UNITS = (("days", 86_400), ("hours", 3_600), ("minutes", 60))
_SIZES = (("GB", 1e9), ("MB", 1e6), ("kB", 1e3))


def spoken(seconds: float) -> str:
    """Say a length of time in the largest unit of which there are two."""
    for unit, length in _UNITS:
        if seconds >= 2 * length:
            return f"{seconds / length:.1f} {unit}"
    return f"{seconds:.0f} seconds"


def bytes_spoken(count: float) -> str:
    """Say how many bytes, in decimal units."""
    for unit, size in _SIZES:
        if count >= size:
            return f"{count / size:.1f} {unit}"
    return f"{count:.0f} bytes"
