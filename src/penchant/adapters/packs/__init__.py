"""Packs from outside: their file, where they are found, their code, and a new one to begin with."""
