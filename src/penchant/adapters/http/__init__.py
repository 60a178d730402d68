"""The HTTP service: one process, one engine, one file.

`app` puts it together. The hot routes (`hot`) are raw ASGI: calls of many requests are gathered
into a turn (`turns`), so that they share one write to the disk; the rest is Starlette. What is
asked before anything else stands in `door`: host, origin, key, scope, rate, room.
"""
