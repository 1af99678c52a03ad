"""Words before and after a formula that make it all of something, or a part: prepositions, nouns of parts, verbs.

The lists are of what is harmless: a word that stands in none of them makes a whole of the formula after it.
"""

import re

ADVERB = (
    r"(?:\w+ly|just|always|therefore|thus|hence|then|also|again|indeed|in fact|nothing (?:but|else than)|equal to"
    r"|identical to|given by|(?:exactly )?the same as|written|the (?:sum|product|difference|quotient|value|formula"
    r"|expression))"
)
SAYS = (
    r"\b(?:(?:is|are|(?<![Aa]t )equals?|becomes?|be|gives|yields|reads|means|matches|stands for|has the value|namely"
    r"|i\.e\.|makes|(?:amounts|simplifies|expands|comes|evaluates|works out|boils down|adds up|reduces) to|turns into"
    r"|results in|coincides with)"
    rf"(?:,? {ADVERB})*"
    r"(?:, (?:in|at|for|by|up to|on|with|of|as) [^,;:.]*,)?)"
)
OPENED = " '\"([{"
SAID = re.compile(rf"{SAYS}$")  # before a formula that is all of something
FACTOR = re.compile(  # after one that is a factor of what is named next
    r"^\s*(?:times\b(?! (?:1|one)\b)|of (?:the|that|what|it|its|an?|each|any|[xz])\b|(?:on|in) \S*[^a-z\s,;:.]"
    r"|(?:on|in) [a-z](?![a-z]))"
)
PART = re.compile(  # the noun of a part, or a verb for what has one
    r"\b(?:weight(?:s|ed)?|factors?|terms?|coefficients?|noise|powers?|has|have|adds?|subtracts?|leaves?|loses?"
    r"|plus|minus|less|times|not|without)$",
    re.I,
)
OF_PART = re.compile(  # where what a clause is about is a weight, whatever it is one of
    r"(?:^|[,;:.] |\b(?:so|and|but) )(?:the|an?|its|one|each|this) (?:[\w-]+ )?(?:weight|factor|coefficient|term)s? "
    r"[^,;:.]*$",
    re.I,
)
OF_NOUN = re.compile(  # as the square of the sum, but not of the value
    r"\bof (?:the|an?) (?!value|form|size|amount|formula|expression|shape|result|total|kind)[a-z]+$"
)
WITH_NOUN = re.compile(
    r"\b(?:with|of) (?:an? |the )?(?:drift|diffusion|mean|variance|deviation|scale|step|rate|slope|width)$"
)
SUBSTITUTED = re.compile(r"\bwith$")  # X for Y
RANGE = re.compile(r"\bin [\[(]$")
PREPOSITION = re.compile(
    r"(?:^|(?P<of>\S+) )(?:of|on|at|for|over|under|from|between|given|than|above|below|where|when|if|unless)$", re.I
)
WITHIN = re.compile(
    r"(?:^|[,;:] )(?:in|with|as|to)$|\bproportional to$|\b(?:on average|in the mean|in expectation)$"
    r"|\bin terms of$|\bfrom [^,;:]* to$"
    r"|\b(?:slope|steps?|linear|affine|quadratic|constant|polynomial|expansion)\b[^,;:]* in$",
    re.I,
)
BY = re.compile(  # after a verb of an operation, in the same clause
    r"\b(?:(?:re)?scal|weight|multipl|shift|divid|chang|mov|exceed|differ|lower|rais|reduc|increas|decreas|add|bound"
    r"|by |more|less|later|earlier|greater|smaller|larger|above|below)[^;:]*\bby$",
    re.I,
)
PLURALS = frozenset(  # nouns, and other words that end as verbs do
    (
        "roots",
        "squares",
        "sums",
        "means",
        "logarithms",
        "values",
        "slopes",
        "weights",
        "terms",
        "factors",
        "ratios",
        "steps",
        "integrals",
        "products",
        "quotients",
        "differences",
        "variances",
        "densities",
        "points",
        "levels",
        "errors",
        "paths",
        "its",
        "this",
        "times",
        "bins",
        "ranks",
        "units",
        "predictions",
        "places",
        "laws",
        "scores",
        "rows",
        "less",
        "always",
        "as",
        "moments",
        "inverses",
        "powers",
        "ends",
        "has",
    )
)
VERBS = frozenset(  # of several things
    (
        "amount",
        "result",
        "come",
        "consist",
        "stand",
        "arrive",
        "end",
        "settle",
        "sit",
        "boil",
        "agree",
        "make",
        "made",
        "composed",
        "formed",
        "are",
        "be",
        "short",  # stays short of
        "shy",
        "clear",
    )
)
MODIFIED = re.compile(  # before one that only belongs to the subject
    r"\b(?:average|mean|expectation|of|in|on|at|for|by|with|to|from|over|under|given|between|than|as|into|per|about|above|below|terms|times|plus"
    r"|minus|less|and|or)$",
    re.I,
)
VERB = re.compile(  # all that stands between two formulas of which one is the other, in other words than "is"
    rf"^\s*[a-z]+(?: (?:up|down|out|over|back))?(?: {ADVERB})*"
    rf"(?: (?:to|in|as|with|into|of|by|at|for|like))?(?: {ADVERB})*$"
)
DENIED = re.compile(r"^\s*(?:is|are) (?:impossible|never)\b")  # after what is denied
PLACED = re.compile(r"^(?:is|are) (?:in|of|at|on|for|by|with|from|under|over|above|below)\b")
ASIDE = re.compile(r", (?:in|at|for|by|up to|on|with|of|as|where|when|if) [^,;:.]*,")
LISTED = re.compile(r"(?:(?P<name>\S+),?|,)? (?:and|or)$|,$")
SUM = re.compile(r"^(?:both |together )?(?:sum|add)s? (?:up )?to (?P<total>\d+|one)\b")  # after two formulas
CONJUNCTION = re.compile(
    r"^(?:and|or|so|but|for|where|when|with|if|by|as|to|in|on|of|at|plus|minus|less|than|over|from|under)\b"
)
NAME = r"[A-Za-z]\w*'*"
HEAD = re.compile(  # before a name that heads a clause
    r"(?:^|[,;:.] |\b(?:so|then|thus|hence|therefore|that|here|now|which|(?P<if>where|when|if|unless|only for|as)) )"
    rf"(?=(?P<name>{NAME})(?P<link> [^;:.]*)$)"
)
LONE = re.compile(  # a name or a number that is all of something, where its clause ends
    rf"(?:{SAYS}|:) (?P<lone>[A-Za-z]\w*'*|[0-9]+)"
    r"(?=$|[,;.:](?:\s|$)| (?:where|with|for|when|if|at|so|but|and|because|since|whatever|by)\b)"
)
ARTICLE = re.compile(rf"(?:{SAYS}) (?P<lone>[aAI])(?=$|[,;.:](?:\s|$))")  # no article, where its clause ends
