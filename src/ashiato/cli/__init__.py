"""The command line: parse, call case, print. It decides nothing and computes nothing.

Answers go to standard output, progress and errors to standard error. Every command takes `--json`.
"""
