"""Ashiato: who carried out this cyber-attack, how sure may we be, on which evidence.

It also says what is missing.

A defender's and investigator's tool. It finds, weighs and reports; it attacks nothing and
contacts nothing.
"""

__version__ = "0.1.0"
