"""`udm cite`: a citation that names the claim, tag, digest, version, verdict, engines and replay.

Of a refuted claim it says first which sentence is false, who prints it and where it fails, then what is true instead.
"""

from typing import Any

from derivations.form.verdict import SUPPORTS
from derivations.judge.refutation import charged, failure
from derivations.judge.store import versions
from udm import __version__
from udm.cli.console import out, print_json
from udm.cli.one import rows_of, some

YEAR = 2026


def run(tag: str, format: str, *, as_json: bool) -> int:
    rows = rows_of(some(tag))
    facts = [facts_of(row) for row in rows]
    if as_json:
        documents = [f | {name: write(f) for name, write in FORMATS.items()} for f in facts]
        print_json(documents[0] if len(documents) == 1 else {"claims": documents})
    else:
        out.print("\n\n".join(map(FORMATS[format], facts)), markup=False, soft_wrap=True)
    return 0 if all(row["green"] for row in rows) else 1


def facts_of(r: dict[str, Any]) -> dict[str, Any]:
    """What every format says."""
    supporting = [e["engine"] for e in r["engines"] if e["verdict"] in SUPPORTS]
    libraries = {"prove": "sympy", "field": "python-flint", "enclose": "python-flint", "simulate": "numpy"}
    known = versions()
    engines = [f"{e} ({libraries[e]} {known[libraries[e]]})" if e in libraries else e for e in supporting]
    return {
        "tag": r["tag"], "name": r["name"], "title": r["title"], "digest": r["digest"], "version": __version__,
        "verdict": r["verdict"], "engines": engines, "wrong_rejected": sum(bool(w["killed_by"]) for w in r["wrong"]),
        "sources": [f"{s['name']} {s['version']} {s['equations']}" for s in r["sources"]],
        "replay": f"udm verify {r['tag']} --no-cache", "year": YEAR, "refuted": r["refuted"],
    }  # fmt: skip


def sentence(f: dict[str, Any]) -> str:
    """What the claim says: its title; for a refuted one the false sentence, its fault, and the title instead."""
    if (no := f["refuted"]) is None:
        return f["title"]
    return f"it is false that {no['sentence']} ({charged(no)}; {failure(no)}); true instead: {f['title']}"


def verdict(f: dict[str, Any]) -> str:
    """The verdict; for a refuted claim, that on the false sentence and that on the true one."""
    if (no := f["refuted"]) is None:
        return f["verdict"]
    return f"{f['verdict']} (what is true instead: {no['instead_is'].replace('_', ' ')})"


def text(f: dict[str, Any]) -> str:
    return (
        f"udm {f['version']}, claim {f['tag']} ({f['name']}): {sentence(f)}.\n"
        f"Verdict: {verdict(f)}; engines: {', '.join(f['engines']) or 'none needed'}; "
        f"{f['wrong_rejected']} wrong answers rejected; digest {f['digest']}.\n"
        f"After {'; '.join(f['sources'])}.\nReplay: {f['replay']}"
    )


def markdown(f: dict[str, Any]) -> str:
    return (
        f"udm {f['tag']} `{f['name']}`: {sentence(f)}. **{verdict(f)}** by {', '.join(f['engines']) or 'definition'}; "
        f"{f['wrong_rejected']} wrong answers rejected; udm {f['version']}, digest `{f['digest']}`. "
        f"Replay: `{f['replay']}`"
    )


def bibtex(f: dict[str, Any]) -> str:
    note = (
        f"Claim {f['tag']} ({tex(f['name'])}), digest {f['digest']}, verdict {tex(verdict(f))}, "
        f"engines {tex(', '.join(f['engines']) or 'none')}; replay: {f['replay'].replace('--', '{-}{-}')}"
    )
    return (
        f"@misc{{udm:{f['tag']},\n  title = {{{{{tex(sentence(f))}}}}},\n  author = {{{{The udm authors}}}},\n"
        f"  year = {{{f['year']}}},\n  howpublished = {{udm, version {f['version']}}},\n  note = {{{note}}}\n}}"
    )


def latex(f: dict[str, Any]) -> str:
    return (
        f"\\texttt{{{f['tag']}}} (\\texttt{{{tex(f['name'])}}}): {tex(sentence(f))}. "
        f"Verdict \\emph{{{tex(verdict(f))}}} by "
        f"{tex(', '.join(f['engines']) or 'definition')}; {f['wrong_rejected']} wrong answers rejected; "
        f"udm {f['version']}, digest \\texttt{{{f['digest']}}}; "
        f"replay: \\texttt{{{f['replay'].replace('--', '-{}-')}}}."
    )


def tex(plain: str) -> str:
    """Plain text for LaTeX; a title's symbols are set as text."""
    special = {
        "\\": r"\textbackslash{}",
        "^": r"\^{}",
        "~": r"\~{}",
        "|": r"\textbar{}",
        "<": r"\textless{}",
        ">": r"\textgreater{}",
    }
    return "".join(special.get(c) or (f"\\{c}" if c in "&%$#_{}" else c) for c in plain)


FORMATS = {"text": text, "markdown": markdown, "bibtex": bibtex, "latex": latex}
