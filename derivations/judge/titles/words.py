"""Words of a title that promise a form of statement, and the phrases of the field in which they promise nothing."""

import re
from types import MappingProxyType

RISING = r"rises|rising|grows?|growing|increas(?:es|ing)|climbs"
FALLING = r"falls|falling|shrinks?|decreas(?:es|ing)|declin(?:es|ing)|diminish(?:es|ing)|lessens|drops?"
MOVES = f"{RISING}|{FALLING}"
ORDER = (
    rf"strictly|positive|negative|{MOVES}|wider|higher|narrower|lower(?! bound)|above|below|nearer|monoton\w+|exceeds?"
    r"|greater|smaller|larger|bigger|tighter|stronger|weaker|faster|slower|less than|worse|non-?zero|dominates?"
    r"|superlinear|sublinear|subadditive|superadditive|outperforms?|outweighs?|beats?|one-to-one|injective|invertible"
    r"|(?:is|are) (?:more|fewer) than|worsens?|improves?"
    r"|reduces?|lowers|raises|amplif(?:y|ies)|contracts|(?:stays?|lies|remains?) (?:under|over)"
    r"|impossible"
)
ALONE = (
    "only|just|unless|unique|no other|iff|(?:exactly|precisely) (?:when|where|if|for)|necessary condition|equivalent to"
    "|converse(?:ly)?|vice versa|necessary and sufficient|differs? from|unequal|never equals?"
    "|(?:is|are) not (?:equal|zero|0)|(?:is|are) equivalent|exactly one"
    "|(?:domin|outperform|outweigh)\\w*ed|majori[sz]es?|(?:upper|lower)-bounds?"
)
STRICT = re.compile(rf"\b(?:{ORDER}|{ALONE})\b|(?<![<>=-])[<>](?!=)|!=|≠")
BOUND = re.compile(
    r"\b(?:best|better|least|most|largest|smallest|never|optim(?:al|um|a)"
    r"|(?:min|max)im(?:al|um|a|i[sz]es|i[sz]ers?|i[sz]ing)"
    r"|no (?:more|less) than|lies between|non-?(?:in|de)creasing"
    r"|sharp|tight(?:est)?|(?:upper|lower) bound|bounded|within"
    r"|bound (?:by|from)|supremum|infimum|convex|concave)\b"
    r"|<=|>=|[≤≥]"
)
LIMIT = re.compile(
    r"\b(?:converges?|tends?|goes to|vanish(?:es)? as|approach(?:es)?|decays?|in the limit|asymptotic\w*"
    r"|(?:of|is|to|up to) (?:the )?(?:first|second|third|fourth|leading|\w+th) order|order [1-9]"
    r"|(?:first|second|third|fourth)-order (?:accurate|approximation|expansion)|approximat\w+|infinitesimal\w*"
    r"|of order \w+\^\w+|negligible|saturates?|close to|up to rounding|to leading"
    r"|(?:nearly|almost|roughly) (?:equal|the)|for (?:small|large|vanishing|tiny))\b|->|\bo\(|≈|∼"
)
# No form of statement says these.
NEVER = re.compile(
    r"\b(?:diverges?|blows? up|unbounded|not bounded|surjective|bijective|(?<!as \w )tends? to infinity"
    r"|absolutely convergent|with (?:high|overwhelming) probability|almost everywhere|in (?:any|every) norm"
    r"|uniformly in|in l\d|lipschitz continuous|commutes? with|irreducible|scale-free|any matri(?:x|ces)"
    r"|(?:doubles|halves|triples|quadruples) (?:when|if|as|with)|(?:twice|half|times) as \w+ as"
    r"|ha(?:s|ve) (?:no|a|one|two|three|four|five|\d+|several|many|infinitely many|exactly \w+|a unique)"
    r" (?:(?:real|double|simple|complex|distinct|positive|negative) )*roots?"
    r"|roots? (?:is|are) real|maximum likelihood estimate"
    r"|cannot be improved|almost surely|with probability (?:1|one)|in distribution)\b"
)
# No name of an object says these, and none of a definition: a name is neither true nor false, as x_true may be called.
SENTENCE = (
    r"is|isnt|are|equals|theorems?|lemmas?|corollar(?:y|ies)|conjectures?|proofs?|proves|proved|proven|implies|qed"
)
ASSERTED = re.compile(rf"\b(?:{SENTENCE})\d*\b")
ASSERTED_OF_DEFINED = re.compile(
    rf"\b(?:{SENTENCE}|propositions?|axioms?|disproved?|verified|refuted|confirmed|certified|true|truth|false|holds?"
    r"|correct|valid|follows|always|must)\d*\b"
)
# No name of a claim says these, but for a refuted one; "theorem" only names.
SAYING = re.compile(
    r"\b(?:is|isnt|are|equals|true|truth|false|holds|always|never|for all|proves|proved|proven|implies|hypothesis"
    r"|conjecture|qed)\b"
)
FOLLOWING = re.compile(
    r"\b(?:(?:theorem|hypothesis|conjecture)\w* follows|is (?:true|proved|solved)|holds (?:also|too|as well))\b"
)  # of generality
MEAN = re.compile(r"\b(?:unbiased|without bias|no bias|bias-free|in expectation|on average|martingale)\b")
EVERY = re.compile(r"\b(?:all|every) densit(?:y|ies)\b")  # `scope` has the others
DIMENSION = re.compile(
    r"\b(?:any|all|every|each|arbitrary|higher|several|many|d|n|m|k) (?:number of |finite )?dimensions?\b"
    r"|\b(?:high|higher|infinite|multi)-dimensional\b"
)
SYMMETRIC = re.compile(r"\bsymmetric\b(?: in (\w+) and (\w+))?")
FREE = re.compile(
    r"\b(?:independent of|free of|(?:do|does) not depend on|depends? neither on|depends? on neither|whatever"
    r"|does not (?:change|vary) with|do not (?:change|vary) with|unaffected by|ignores?|constant in"
    r"|(?:regardless|irrespective) of|invariant (?:under|to)|the same (?:for|at|along|over|in) (?:all|any|every|each)"
    r"|free from|insensitive to|blind to|indifferent to|untouched by|lacks?|omits?|forgets?"
    r"|(?:flat|constant) (?:in|along|over)|(?:fixed|unchanged|put) (?:as|when|whatever)) ([^,;:()]+)"
    r"|\b(\w+)-free\b"
)
GONE = re.compile(r"\b(\w+) (?:cancels|drops out|(?:does|do) not matter|has no (?:effect|influence))\b(?! \w)")
CLAUSE = re.compile(r" (?:so|hence|but|only|unless|where|when|if|as|is|are|has|have|keeps?|at|in|with) ")
CALLED = MappingProxyType({  # symbols by the word for them
    "schedule": re.compile(r"(alpha|sigma|gamma|snr|abar|beta)(_\w+)?"), "data": re.compile("x(_0)?"),
    "noise": re.compile(r"eps|n(_\d)?"),
})  # fmt: skip
QUIET = re.compile(  # a term of the field, a condition, a map: each names something and states no order
    r"negative log-likelihoods?|least[- ]squares|maximum[- ]likelihood(?! estimate)|minimal change"
    r"|clipped (?:above|below)|for (?:any|all|every|each) \S+ [<>]=? \S+|from \S+ -> \S+"
    r"|noises? (?:is|are) independent of|\bwith (?:positive|negative) \w+"
    r"|\b(?:for|over|at|on|in|where|with) (?:an?|any|all|every|each|some)"
    r" (?:positive|negative|increasing|decreasing|rising|falling|monotone) \w+"
    r"|\bfor (?:positive|negative) \w+|\bthe approach of\b"
    r"|\b(?:is|are) just\b|\bonly through \S+|\b(?:for|with|where|when|if) \S+ [<>]=? \S+"
)
NOT_NEGATIVE = re.compile(r"\b(?:never|not|non-?) ?negative\b")

MONOTONE = re.compile(r"^(?:monoton\w+|one-to-one|injective|invertible)$")
MOVING = re.compile(rf"^(?:{MOVES}|monoton\w+|one-to-one|injective|invertible)$")
CURVED = MappingProxyType({"convex": 1, "concave": -1})
TO_ZERO = re.compile("^(?:vanish(?:es)? as|decays?)$")
OF_ORDER = re.compile(r"^(?:of|is|to|up to) (?:the )?(\w+) order$|^order ([1-9])$|^(\w+)-order\b")
ORDERS = MappingProxyType({"first": 1, "second": 2, "third": 3, "fourth": 4} | {str(k): k for k in range(1, 10)})
CONDITION = re.compile(  # the last one, up to where its clause ends
    r"^.*\b(where|when|if|unless|only for|as)\b([^,;:]*)$", re.I | re.S
)
MAIN = re.compile(  # a verb, or a second noun, after which a condition is over and its main clause has begun
    rf"\b(?:is|are|has|have|holds?|goes|go|tends?|becomes?|gets|stays?|remains?|approach(?:es)?|{MOVES}|vanish(?:es)?"
    r"|agrees?|differs?|expected|usual|ever|always|such|varies|vary|changes?|moves?|keeps?|lies|equals?)\b"
    r"|\S(?<! of)(?<! in)(?<! at)(?<! to)(?<! by)(?<! on)(?<! between) (?:the|an?|its|this|that|what) "
)
UP = re.compile(rf"^(?:{RISING}|positive)$")
DOWN = re.compile(rf"^(?:{FALLING}|negative)$")
SIGN = re.compile("^(?:positive|negative)$")
MORE = re.compile(
    "^(?:above|exceeds?|greater|larger|higher|wider|dominates?|least|minim(?:al|um|a)|infimum|lower bound|>)$"
)
LESS = re.compile("^(?:below|smaller|less than|lower|narrower|most|maxim(?:al|um|a)|supremum|upper bound|<)$")


def plainly(text: str) -> str:
    """The text in lower case without the phrases that promise nothing; "never negative" is a bound."""
    return QUIET.sub("...", NOT_NEGATIVE.sub("at least 0", text.lower()))


def conditional(before: str) -> bool:
    """Whether the next word is of a condition: since "where" there stands no more than what the word is said of.

    After "as" that is one name: "as h goes to 0", but not "as a sum it falls".
    """
    if not (found := CONDITION.search(before)):
        return False
    of = re.sub(r" (?:is|are)(?: \w+ly)?$", "", found[2].strip().lower())  # the verb of the word itself
    if found[1].lower() == "as":
        return bool(of) and " " not in of
    return not MAIN.search(f"{of.rpartition(' and ')[2]} ".removeprefix("a "))
