"""The numbers between learning and deciding: what learn/ writes and decide/ reads.

Stages do not know each other, so what they share lies below them: how named features become
columns (`encoding`), what was seen (`evidence`), what is derived from it (`version`), and every
person's own sums (`people`). One engine owns these tables and changes them in place under its
lock; whatever leaves them is a value.
"""
