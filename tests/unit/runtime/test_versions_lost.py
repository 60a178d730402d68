"""A version that a crash took, between a decision and itself."""

import pytest

from penchant.errors import UnknownDecision
from penchant.limits import Limits
from penchant.model.moment_model import MomentModel
from penchant.runtime.versions import Versions


def test_a_lost_version_is_said() -> None:
    """What was decided under it has no explanation, and the reason is told."""
    versions = Versions(MomentModel(86_400.0, Limits()))

    assert versions[0].number == 0
    with pytest.raises(UnknownDecision, match=r"Version 7 .* lost in a crash"):
        versions[7]
