r"""Sentences of claims and papers, which have words and formulas in one line: "the variance is \sigma_t^2 I".

A run of words with a backslash is LaTeX, from the word at which its brackets open to that at which they close. Anything
else is text: SNR(s), alpha_t x, E[x | z].
"""

from collections.abc import Iterator

from docutils import nodes

PAIRS = {")": "(", "]": "[", "}": "{"}
ENDS = ",;:."


def mixed(text: str) -> list[nodes.Node]:
    """Return the nodes of a sentence, its formulas as mathematics."""
    found: list[nodes.Node] = []
    for n, (latex, part) in enumerate(parts(text)):
        gap = nodes.Text(" " if n and part[:1] not in ENDS else "")
        found += [gap, nodes.math(part, part) if latex else nodes.Text(part)]
    return found


def parts(text: str) -> Iterator[tuple[bool, str]]:
    """Yield the runs of a sentence in order: whether each is LaTeX, and the run; punctuation stands outside LaTeX."""
    words, plain = text.split(" "), list[str]()
    while words:
        run = _formula(words)
        if not run:
            plain.append(words.pop(0))
            continue
        if plain:
            yield False, " ".join(plain)
        formula = " ".join(run)
        stop = formula[len(formula.rstrip(ENDS)) :]
        yield True, formula.rstrip(ENDS)
        plain = [stop] if stop else []
    if plain:
        yield False, " ".join(plain)


def _formula(words: list[str]) -> list[str]:
    """Take the words of a formula off the front; none if no formula begins there."""
    lengths = (n for n in range(1, len(words) + 1) if not _open(" ".join(words[:n])))
    length = next(lengths, 0)
    if not any("\\" in word for word in words[:length]):
        return []
    run, words[:length] = words[:length], []
    while words and not run[-1].endswith(tuple(ENDS)) and (more := _more(words)):
        run += more
    return run


def _more(words: list[str]) -> list[str]:
    """Take what continues a formula: another formula, or an operation and the formula after it."""
    if words[0] in ("+", "-", "=", "/", "<", ">") and (rest := _formula(after := words[1:])):
        operation = words[0]
        words[:] = after
        return [operation, *rest]
    return _formula(words)


def _open(text: str) -> bool:
    """Return whether a bracket opens and does not close."""
    stack: list[str] = []
    for c in text:
        if c in PAIRS.values():
            stack.append(c)
        elif stack and stack[-1] == PAIRS.get(c):
            stack.pop()
    return bool(stack)
