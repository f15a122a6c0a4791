"""Sigma rules over the lake and the Windows events: an own backend for DuckDB on pySigma.

pySigma reads the rules and knows which channel a kind of log is; what a rule means is kept here as
a small tree (`expressions`), is settled as far as a stretch of records alone can settle it
(`settling`), and only what remains is asked in SQL (`sql`). Nothing here reads the network, runs a
validator of pySigma, or says what a hit means.
"""
