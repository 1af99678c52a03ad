"""The axioms that a theorem may rest on: those of Coq's real numbers, and at a point those of the machine's arithmetic.

The tactic `interval` computes with the processor's whole and floating-point numbers, whose operations Coq takes to be
what their standards say. No theorem of a claim uses it; the negations of wrong answers at a point do.
"""

REALS = frozenset(
    {
        "ClassicalDedekindReals.sig_forall_dec",
        "ClassicalDedekindReals.sig_not_dec",
        "FunctionalExtensionality.functional_extensionality_dep",
        "Classical_Prop.classic",
    }
)
_OF_MODULES = {
    "FloatAxioms": (
        "Prim2SF_SF2Prim Prim2SF_valid SF2Prim_Prim2SF abs_spec add_spec classify_spec compare_spec div_spec "
        "eqb_spec frshiftexp_spec ldshiftexp_spec ltb_spec mul_spec next_down_spec next_up_spec "
        "normfr_mantissa_spec of_uint63_spec opp_spec sqrt_spec sub_spec"
    ),
    "PrimFloat": (
        "abs add classify compare div eqb float frshiftexp ldshiftexp ltb mul next_down next_up "
        "normfr_mantissa of_uint63 opp sqrt sub"
    ),
    "PrimInt63": (
        "addc addcarryc addmuldiv compare div diveucl diveucl_21 head0 lxor mod mul mulc subc subcarryc tail0 "
        "add eqb int land leb lor lsl lsr ltb sub"
    ),
    "Uint63": (
        "addc_def_spec addcarryc_def_spec addmuldiv_def_spec compare_def_spec div_spec diveucl_21_spec "
        "diveucl_def_spec head0_spec lxor_spec mod_spec mul_spec mulc_spec subc_def_spec subcarryc_def_spec "
        "tail0_spec add_spec eqb_correct eqb_refl land_spec leb_spec lor_spec lsl_spec lsr_spec ltb_spec "
        "of_to_Z sub_spec"
    ),
}
MACHINE = frozenset(f"{module}.{name}" for module, names in _OF_MODULES.items() for name in names.split())


def foreign(axioms: tuple[str, ...]) -> list[str]:
    """Return those axioms that are not of the real numbers."""
    return [axiom for axiom in axioms if axiom not in REALS]


def foreign_to_intervals(axioms: tuple[str, ...]) -> list[str]:
    """Return those axioms that are neither of the real numbers nor of the machine's arithmetic."""
    return [axiom for axiom in axioms if axiom not in REALS | MACHINE]
