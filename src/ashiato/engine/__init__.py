"""SQL over the record lake behind one small protocol. DuckDB and Arrow tables live here only.

The lake is flat Parquet, one file per exhibit and log kind; every row points to its exhibit, record
and bytes. Engines answer sets; what the answers mean is decided above. This part never parses a
log and never says whom a match points to.

`protocol` is the door, `duck.open_lake` opens the default engine behind it, `lake` writes files.
Nothing is handed out here: whoever needs only the door need not load an engine.
"""
