"""Noise schedules: maps of a time t in [0, 1] to (alpha, sigma), gamma = -log SNR and the differences of gamma."""

from udm.schedule.base import Schedule
from udm.schedule.beta import BetaLinear, SubVP
from udm.schedule.betas import Betas
from udm.schedule.cosine import Cosine, CosineOffset
from udm.schedule.edm import EDM
from udm.schedule.learned import Learned
from udm.schedule.linear import LinearGamma
from udm.schedule.rectified import RectifiedFlow
from udm.schedule.sigmoid import Sigmoid
from udm.schedule.truncated import Truncated

__all__ = [
    "EDM",
    "BetaLinear",
    "Betas",
    "Cosine",
    "CosineOffset",
    "Learned",
    "LinearGamma",
    "RectifiedFlow",
    "Schedule",
    "Sigmoid",
    "SubVP",
    "Truncated",
]
