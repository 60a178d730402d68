"""Replay: a log of actions, propensities and rewards drives the engine as if it were live."""

from penchant.adapters.replay.map_file import BadLog, LogMap, read_map
from penchant.adapters.replay.replaying import replay
from penchant.adapters.replay.report import ReplayReport

__all__ = ["BadLog", "LogMap", "ReplayReport", "read_map", "replay"]
