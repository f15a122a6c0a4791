"""Whether a name lies below a public suffix (the list of publicsuffix.org, its ICANN part)."""

from functools import cache, lru_cache

from publicsuffixlist import PublicSuffixList

from ashiato.read.text.observables.trace import listed

_LONGEST = 253


@cache
def _suffixes() -> PublicSuffixList:
    return PublicSuffixList(accept_unknown=False, only_icann=True)


@lru_cache(maxsize=16384)
def domain_name(written: str) -> str | None:
    """Give a domain in normal form (lower case, international names as ``xn--``), or ``None``."""
    name = written.lower()
    if not name.isascii():
        try:
            name = name.encode("idna").decode("ascii").lower()
        except UnicodeError:
            return None
    return name if len(name) <= _LONGEST and _is_below_suffix(name) else None


def _is_below_suffix(name: str) -> bool:
    if name.rpartition(".")[2] in listed("special_names"):
        return True
    try:
        return _suffixes().privatesuffix(name) is not None
    except (UnicodeError, ValueError):
        return False
