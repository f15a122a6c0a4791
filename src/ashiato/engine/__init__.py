"""SQL over the record lake behind one small protocol. DuckDB and Arrow tables live here only.

The lake is flat Parquet, one file per exhibit and log kind; every row points to its exhibit, record
and bytes. Engines answer sets; what the answers mean is decided above.
"""
