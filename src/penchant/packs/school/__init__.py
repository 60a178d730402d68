"""The school pack: a student is diagnosed, traced and taught, and a teacher sees why."""

from penchant.pack import Mastery, Tracer

__all__ = ["Mastery", "Tracer"]
