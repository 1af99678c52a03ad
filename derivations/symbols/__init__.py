"""Every symbol, once: the field's name, in ASCII, and the domain SymPy may assume.

`core` has the symbols of several families of claims. Symbols of one family stand in the file of its name. This module
has them all; where two have the same name, they have different names in Python.
"""

from derivations.symbols.bound import *
from derivations.symbols.core import *
from derivations.symbols.decoder import *
from derivations.symbols.forward import *
from derivations.symbols.gaussian import *
from derivations.symbols.guidance import *
from derivations.symbols.invariance import *
from derivations.symbols.likelihood import *
from derivations.symbols.posterior import *
from derivations.symbols.sampling import *
from derivations.symbols.schedules import *
from derivations.symbols.solvable import *
from derivations.symbols.training import *
