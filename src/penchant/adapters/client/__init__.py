"""The Python client of a service: the engine's verbs over HTTP.

`asking.py` says what is asked and how an answer is read, without any I/O; `client.py` sends it, and
either waits or awaits.
"""
