"""Penchant: an open engine for hyper-personalization."""
