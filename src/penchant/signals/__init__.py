"""Signals: what happened. The first stage: nothing enters the loop that was not checked here."""

from penchant.signals.intake import check_kind, check_signal
from penchant.signals.statements import CONTROL_KINDS, STATEMENT_KINDS, check_statement

__all__ = ["CONTROL_KINDS", "STATEMENT_KINDS", "check_kind", "check_signal", "check_statement"]
