"""Training: the objective and its gradients, checkpoints without pickle, exact resumption, a loop on Accelerate."""

from udm.train.checkpoint import CheckpointError, Unfit
from udm.train.config import Config
from udm.train.exported import export
from udm.train.loop import Interrupted, NonFinite, fit
from udm.train.trained import Trained, load

__all__ = ["CheckpointError", "Config", "Interrupted", "NonFinite", "Trained", "Unfit", "export", "fit", "load"]
