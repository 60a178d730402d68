"""Penchant: an open engine for hyper-personalization, one model per person."""
