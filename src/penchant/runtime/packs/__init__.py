"""Packs at work: their experts fold, their proposers propose, their data ends when it has to."""
