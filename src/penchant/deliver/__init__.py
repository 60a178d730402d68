"""Deliver: getting a decision out, once. For now `settling.py`: what could not be executed."""
