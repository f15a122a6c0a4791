"""Histories of names, mails and certificates: passive DNS, RDAP, WHOIS, mail hops, certificates.

Each becomes records like those of a table, citing its own bytes. None of them is a tenancy, except
that a registration says who is the registrant of a domain.
"""

from ashiato.read.histories.reading import HISTORIES, read_history, recognise_history

__all__ = ["HISTORIES", "read_history", "recognise_history"]
