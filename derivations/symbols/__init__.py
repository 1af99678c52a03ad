"""Every symbol, once: the field's name, in ASCII, and the domain SymPy may assume.

`core` has the symbols of several families of claims. Symbols of one family stand in the file of its name. This module
has them all.

A printed name has one meaning, which stands beside its declaration: two things of one letter in two papers get two
names, and the second takes an index or a word, as w, the strength of guidance, and w_t, the weight of a loss. A name
that others might take for something else is used by the families that `FAMILIES` lists, or by that of its file.
A claim that needs the letter for something else declares a symbol.
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
