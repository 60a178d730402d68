"""Decide: from beliefs and context to a propensity for every permitted action, and the reasons."""
