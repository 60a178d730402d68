"""Guardrails: pure rules asked on the arrows of the loop; see `guardrail.py` for how.

One file a rule: `dial`, `nevers`, `caps`, `quiet_hours`, `risk`; `consent` is asked before any of
them, because without it there is nothing to choose.
Rule 1: a guardrail takes actions away or holds them; none can bring one back.
Rule 2: what cannot be checked is not done (fail closed), and the record says so.
Rule 3: the fallback of a moment always stays.
"""
