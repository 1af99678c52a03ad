"""A tree in a convention: brackets after a name become a symbol, a function or a product; some squares are symbols.

What a convention cannot tell is refused: f(x) where f is a symbol, \\sqrt\\alpha_t where \\alpha is one.
"""

from dataclasses import replace

from sympy import Expr, expand

from derivations import symbols
from derivations.query.writing.conventions import Convention, key_of, powered
from derivations.syntax.build import built, evaluated
from derivations.syntax.limits import constant
from derivations.syntax.tree import (
    Beside,
    Extreme,
    Function,
    Law,
    Name,
    Negative,
    Node,
    Norm,
    Number,
    Power,
    Product,
    Quotient,
    Root,
    Running,
    Sum,
    walk,
)
from derivations.syntax.unread import Unread

COUNTS = frozenset({"t", "s", "u", "i", "j", "k", "n", "N", "T", "\\tau"})  # what functions are often of
NETWORKS = ("\\theta", "\\phi", "\\eta")  # an index that says that a name is a network's


def resolved(node: Node, convention: Convention, text: str) -> Node:
    """Return the tree with plain names only.

    Raises:
        Unread: a name without a meaning in the convention, or with brackets that may mean two things.
    """

    def of(part: Node) -> Node:
        return resolved(part, convention, text)

    match node:
        case Number():
            return node
        case Name():
            return _named(node, convention, text)
        case Beside():
            return _beside(node, convention, text)
        case Power(base=Name() as base, exponent=exponent):
            return _power(base, exponent, convention, text)
        case Sum(terms=parts):
            return replace(node, terms=tuple(map(of, parts)))
        case Product(factors=parts):
            return replace(node, factors=tuple(map(of, parts)))
        case Extreme(parts=parts):
            return replace(node, parts=tuple(map(of, parts)))
        case Function(name="cumprod", of=part):
            return _cumulated(of(part), node, symbols.abar, convention, text)
        case Negative(of=part) | Root(of=part) | Function(of=part) | Norm(of=part):
            return replace(node, of=of(part))
        case Quotient(above=above, below=below):
            return replace(node, above=of(above), below=of(below))
        case Power(base=base, exponent=exponent):
            return replace(node, base=of(base), exponent=of(exponent))
        case Law(mean=mean, var=var, of=variable):
            return replace(node, mean=of(mean), var=of(var), of=None if variable is None else of(variable))
        case Running():
            return _running(node, convention, text)


def _running(node: Running, convention: Convention, text: str) -> Name:
    """Return the name of a product over steps: of alpha over those up to t, or to t - 1, and of nothing else."""
    match node.high:
        case Name(key=step):
            bar: Expr = symbols.abar
        case Sum(terms=(Name(key=step), Negative(of=Number(value=1)))):
            bar = symbols.abar_s
        case _:
            raise Unread("a product up to t or t - 1", text, *node.high.span)
    part = resolved(_stepped(node.of, node.index, step, text), convention, text)
    return _cumulated(part, node, bar, convention, text)


def _cumulated(part: Node, node: Running | Function, bar: Expr, convention: Convention, text: str) -> Name:
    """Return the name of a product over steps of one factor, which has to be alpha."""
    e = evaluated(built(part, lambda name: convention.meanings[name.key][0], text))
    key = next((key for key, meant in convention.meanings.items() if meant == (bar,)), None)
    if key is None or expand(e.xreplace({symbols.beta: 1 - symbols.alpha})) != symbols.alpha:
        raise Unread(f"a product of what {convention.name} has a name for", text, *node.span)
    return Name(key, node.span)


def _stepped(node: Node, index: str, step: str, text: str) -> Node:
    """Return the factor of a product at the last step; each name in it has the index that runs."""
    match node:
        case Number():
            return node
        case Name(key=key) if key.endswith(f"_{{{index}}}") and index != step:
            return replace(node, key=f"{key.removesuffix(f'{index}}}')}{step}}}")
        case Sum(terms=parts):
            return replace(node, terms=tuple(_stepped(part, index, step, text) for part in parts))
        case Negative(of=of):
            return replace(node, of=_stepped(of, index, step, text))
    raise Unread(f"numbers and names with the index {index}", text, *node.span)


def _named(name: Name, convention: Convention, text: str) -> Name:
    if name.key not in convention.meanings:
        raise Unread(f"a symbol of {convention.name}", text, *name.span)
    if name.bare and name.bare in convention.meanings:
        raise Unread("braces that say what is under the root", text, *name.span)
    return name


def _power(base: Name, exponent: Node, convention: Convention, text: str) -> Node:
    """Return a power of a symbol, or a symbol of its own, as g^2 may be."""
    span = base.span._replace(end=exponent.span.end)
    if (key := powered(base.key, exponent)) in convention.meanings:
        return Name(key or "", span, base.font)
    return Power(_named(base, convention, text), resolved(exponent, convention, text), span)


def _beside(node: Beside, convention: Convention, text: str) -> Node:
    """Return what a name with brackets is: a symbol of the convention, a function, or a product."""
    node = replace(node, arguments=tuple(_state(part, convention, text) for part in node.arguments))
    listed = key_of(node)
    if listed is not None and listed in convention.meanings:
        return Name(listed, node.span, node.name.font)
    exponent = node.own or node.outer
    if node.key in convention.meanings:
        applied: Node = Name(node.key, node.span, node.name.font)
    elif node.name.key in convention.functions and len(node.arguments) == 1 and not _of_counts(node.arguments[0]):
        of = resolved(node.arguments[0], convention, text)
        applied = Function(convention.functions[node.name.key], of, node.span)
    else:
        return _multiplied(node, convention, text)
    if node.own is not None and (node.outer is not None or (constant(node.own) or 0) <= 0):
        raise Unread("one exponent, after the brackets", text, *node.span)
    return applied if exponent is None else Power(applied, resolved(exponent, convention, text), node.span)


def _state(argument: Node, convention: Convention, text: str) -> Node:
    """Return the name of a state for the formula that is the state: a network may be of either."""
    if not convention.states or isinstance(argument, Name | Number | Beside):
        return argument
    try:
        read = built(resolved(argument, convention, text), lambda name: convention.meanings[name.key][0], text)
    except Unread:
        return argument
    key = convention.states.get(evaluated(read))
    return argument if key is None else Name(key, argument.span)


def _multiplied(node: Beside, convention: Convention, text: str) -> Node:
    """Return the product of a name and brackets, where it can be nothing else."""
    if not _certain(node, convention):
        known = node.name.key in convention.meanings
        expected = "an operation before the brackets" if known else f"a symbol of {convention.name}"
        if known and _is_network(node.name):
            expected = "a state, or a formula that is one, in the brackets of a network"
        raise Unread(expected, text, *node.span)
    name = _named(node.name, convention, text)
    first = name if node.own is None else _power(name, node.own, convention, text)
    second = resolved(node.arguments[0], convention, text)
    if node.outer is not None:
        second = Power(second, resolved(node.outer, convention, text), node.span)
    return Product((first, second), node.span)


def _certain(node: Beside, convention: Convention) -> bool:
    """Return whether the brackets hold a sum of more than counts and times, and the name is not known to be applied.

    After a name with an index they may hold a quotient too.
    """
    if node.called or node.lone or len(node.arguments) != 1:
        return False
    if _is_network(node.name):
        return False
    if any(known.startswith(f"{node.name.key}(") for known in convention.meanings):
        return False
    inside = node.arguments[0]
    whole = isinstance(inside, Sum | Negative) or (isinstance(inside, Quotient) and "_{" in node.name.key)
    return whole and (not _of_counts(inside) or node.name.key in COUNTS)


def _is_network(name: Name) -> bool:
    return any(f"_{{{index}" in name.key for index in NETWORKS)


def _of_counts(node: Node) -> bool:
    """Return whether a node is made of counts and times only, as in \\sigma(t), which is then no sigmoid."""
    names = (n.name if isinstance(n, Beside) else n for n in walk(node) if isinstance(n, Name | Beside))
    return {name.key.split("_{")[0] for name in names} <= COUNTS
