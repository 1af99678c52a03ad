"""What stands before brackets or with an index: a product over steps, the least of several, a normal law."""

from abc import abstractmethod

from derivations.syntax.enclosed import Enclosed
from derivations.syntax.keys import indexed, key
from derivations.syntax.tree import Extreme, Law, Name, Node, Running, shown

DENSITIES = frozenset({"p", "q"})
STATES = ("x", "z")  # letters of what a score is by, if nothing is said
EXTREMES = {"\\min": "min", "\\max": "max"}


class Operators(Enclosed):
    """A reader of operators."""

    @abstractmethod
    def factor(self) -> Node: ...

    def running(self) -> Node:
        """Return a product over an index from 1 on, of the one factor that follows."""
        start, index, high = self.here, "", None
        self.take()
        while self.is_kind("sub") or self.is_kind("sup"):
            if self.is_kind("sup") and high is None:
                high = self.exponent()
            elif self.is_kind("sub") and not index:
                index = self.from_one()
            else:
                raise self.unread("one index and one end of the product")
        if high is None or not index:
            raise self.unread_at("a product over an index from 1 to an end", start)
        of = self.factor()
        self.unbracketed = True
        return Running(index, high, of, self.since(start))

    def extreme(self) -> Node:
        """Return the least or the greatest of what stands in brackets: \\min(a, b), \\max\\{a, b\\}."""
        start, name = self.here, EXTREMES[self.take().text]
        if not self.is_kind("open"):
            raise self.unread(f"brackets after \\{name}, and no set that it is over")
        opened, parts = self.take(), [self.expression()]
        while self.is_kind("between", ","):
            self.take()
            parts.append(self.expression())
        if len(parts) < 2:
            raise self.unread_at(f"two or more of which it is the \\{name}", start)
        self.close(opened)
        return Extreme(name, tuple(parts), self.since(start))

    def gradient(self) -> Name:
        """Return the name of a score, \\nabla\\log p(x_t), which is not computed: a convention may have a meaning.

        It is the gradient by one of the variables of the density, and by the first one if none is named. One by what
        is given is another, \\nabla_{x_t}\\log p(y|x_t), and keeps its index, as one by a label.
        """
        start, by, of = self.here, "", ""
        self.take()
        if self.is_kind("sub"):
            by = self.index()
        if self.is_kind("function", "log"):
            self.take()
            of = self.take().text if self.is_kind("letter") else ""
        index = self.index() if of in DENSITIES and self.is_kind("sub") else ""
        if of not in DENSITIES or not self.is_kind("open", "("):
            raise self.unread_at("a number, a symbol, a function or a bracket", start)
        opened, variables = self.take(), [self.expression()]
        while self.is_kind("bar"):
            self.take()
            variables.append(self.expression())
        names, time = [shown(v) for v in variables], ""
        if self.is_kind("between", ";") or self.is_kind("between", ","):  # the time or the noise level of the law
            self.take()
            time = f", {shown(self.expression())}"
        self.close(opened)
        if by and by not in [indexed([name]) for name in names] and by != names[0].partition("_")[0].split()[-1]:
            raise self.unread_at("a number, a symbol, a function or a bracket", start)
        others = names[names[0].lstrip("\\").startswith(STATES) or len(names) == 1 :]
        given = f"_{{{by}}}" if by in [indexed([name]) for name in others] else ""
        return Name(f"\\nabla{given}\\log {key(of, index=index)}({'|'.join(names)}{time})", self.since(start))

    def is_law(self) -> bool:
        """Return whether a normal law begins here: \\mathcal{N}, \\mathcal N or N, before brackets."""
        letter = [t.text for t in self.tokens[self.here + 1 : self.after(self.here + 1)] if t.kind == "letter"]
        return (self.is_kind("other", "\\mathcal") and letter == ["N"]) or self.is_plain_law()

    def is_plain_law(self) -> bool:
        """Return whether N stands here, which may be a number, before brackets with a mean and a variance."""
        opened = self.tokens[self.here + 1 : self.here + 2]
        if not (self.is_kind("letter", "N") and opened and opened[0].kind == "open"):
            return False
        depth = 0
        for token in self.tokens[self.here + 1 :]:
            depth += (token.kind in ("open", "begin")) - (token.kind in ("close", "end"))
            if depth == 0:
                return False
            if depth == 1 and token.kind == "between" and token.text == ",":
                return True
        return False

    def law(self) -> Node:
        """Return a normal law: \\mathcal{N}(x; mean, variance), \\mathcal{N}(x | mean, variance) or without the x."""
        start = self.here
        self.here = self.here + 1 if self.is_plain_law() else self.after(self.here + 1)
        if not (self.is_kind("open", "(") or self.is_kind("open", "[")):
            raise self.unread("the mean and the variance of a normal law, in brackets")
        opened, of = self.take(), None
        mean = self.expression()
        if self.is_kind("between", ";") or self.is_kind("bar"):
            self.take()
            of, mean = mean, self.expression()
        if not self.is_kind("between", ","):
            raise self.unread("a comma between the mean and the variance")
        self.take()
        var = self.expression()
        self.close(opened)
        return Law(mean, var, self.since(start), of)
