"""``udm.sample`` as a type checker sees it: a package cannot be called, and a class with these names in it can.

At run time ``udm.sample`` is the package, whose module is made callable; nothing imports this file then.
"""

from collections.abc import Callable
from typing import Any, Concatenate, ParamSpec, TypeVar

from udm.sample import corrector as _corrector
from udm.sample import grid as _grid
from udm.sample import levels as _levels
from udm.sample import mix as _mix
from udm.sample import noise as _noise
from udm.sample import run as _run
from udm.sample import second as _second
from udm.sample import step as _step
from udm.sample.encode import ddim_inverse as _ddim_inverse
from udm.sample.encode import encode as _encode

P = ParamSpec("P")
T = TypeVar("T")


def _as_method(function: Callable[P, T]) -> Callable[[Callable[..., T]], Callable[Concatenate[Any, P], T]]:
    """Give a method the signature of a function, after its own first argument."""
    return lambda method: method


class _Called(type):
    """The call of the class ``sample`` draws samples, and makes no instance."""

    @_as_method(_run.sample)
    def __call__(cls, *args: Any, **kwargs: Any) -> Any:
        return _run.sample(*args, **kwargs)


class sample(metaclass=_Called):
    """The names of the package ``udm.sample``, and its function when it is called."""

    from udm.sample import annealed as annealed
    from udm.sample import corrector as corrector
    from udm.sample import grid as grid
    from udm.sample import levels as levels
    from udm.sample import mix as mix
    from udm.sample import noise as noise
    from udm.sample import run as run
    from udm.sample import sampler as sampler
    from udm.sample import second as second
    from udm.sample import step as step
    from udm.sample.noise import Noise as Noise
    from udm.sample.sampler import DDIM as DDIM
    from udm.sample.sampler import SAMPLERS as SAMPLERS
    from udm.sample.sampler import Ancestral as Ancestral
    from udm.sample.sampler import Annealed as Annealed
    from udm.sample.sampler import Corrected as Corrected
    from udm.sample.sampler import DPMpp2M as DPMpp2M
    from udm.sample.sampler import Euler as Euler
    from udm.sample.sampler import Heun as Heun
    from udm.sample.sampler import Move as Move
    from udm.sample.sampler import Sampler as Sampler

    karras = staticmethod(_levels.karras)
    leading = staticmethod(_grid.leading)
    trailing = staticmethod(_grid.trailing)
    time_of_gamma = staticmethod(_levels.time_of_gamma)
    uniform = staticmethod(_grid.uniform)
    uniform_gamma = staticmethod(_levels.uniform_gamma)
    normal = staticmethod(_noise.normal)
    seeds_from = staticmethod(_noise.seeds_from)
    reverse = staticmethod(_run.reverse)
    sample = staticmethod(_run.sample)
    to_data = staticmethod(_run.to_data)
    ancestral = staticmethod(_step.ancestral)
    ddim = staticmethod(_step.ddim)
    dpmpp_2m = staticmethod(_second.dpmpp_2m)
    ddim_inverse = staticmethod(_ddim_inverse)
    encode = staticmethod(_encode)
    heun = staticmethod(_second.heun)
    langevin = staticmethod(_corrector.langevin)
    langevin_size = staticmethod(_corrector.langevin_size)
    interpolate = staticmethod(_mix.interpolate)
    slerp = staticmethod(_mix.slerp)
