"""The refit that a forgetting calls for: a round that rests on the outcomes alone.

Loop: Learn. Sums are without a forgotten person at once (`learner.unlearn`). Scaling, basis and
prior were derived with them, and a usual round starts from those in force; this one does not, so
what it derives is what it would have been without the person.
Rule: it starts at the first call an hour after the forgetting, so that those of one hour share it,
and is in force before the first call 23 hours after it is answered: 24 at most, with an hour spare.
"""

from typing import Final

from penchant.learn.learner import plan
from penchant.learn.rounds import RoundTask
from penchant.model.moment_model import MomentModel
from penchant.model.population import waves_that_fit
from penchant.model.reach import PLAIN

__all__ = ["IN_FORCE_SECONDS", "START_SECONDS", "refit"]

START_SECONDS: Final = 3_600.0
IN_FORCE_SECONDS: Final = 23 * 3_600.0


def refit(model: MomentModel) -> RoundTask:
    """Give the round that starts now and knows nothing that was derived before."""
    task, width = plan(model), model.context.width
    by_name = width > 0 and not task.are_shared
    waves = waves_that_fit(width, model.action.width) if by_name else 0
    asking, version = task.asking._replace(looks=True), task.version
    version = version._replace(
        action=version.action._replace(squares=version.action.squares[:0]), reach=PLAIN
    )
    return task._replace(has_sums=False, prior=None, n_waves=waves, asking=asking, version=version)
