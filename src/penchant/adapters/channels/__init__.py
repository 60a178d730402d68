"""Channels: the inbox of an app, signed webhooks, and what brings letters to them in time."""
