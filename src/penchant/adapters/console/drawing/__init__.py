"""Pictures: small pure functions from numbers to inline SVG.

Rule 1: positions are percentages, so one picture fits every width and its text keeps its size.
Rule 2: no colour of its own: a class names what a shape means, and the stylesheet colours it.
Rule 3: every picture has its numbers in words or a table beside it.
"""
