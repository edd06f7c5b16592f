"""The page of the nine claims, from what each fixed before any run."""

from markup import code, page, table

from analysis.claims import CLAIMS, Claim

_INTRODUCTION = """\
What each claim fixed before any run. `society claims DIR` judges them, `society show claim C3`
prints the same. How a verdict comes about: [claims](../claims.md)."""
_COMBINE = {
    "each": "every primary part must say the same",
    "none_against": "one primary part must say it, and none the opposite",
}


def claims() -> str:
    """All claims, C1 to C9."""
    return page("The nine claims", _INTRODUCTION, *map(_told, CLAIMS.values()))


def _told(claim: Claim) -> str:
    formats = ", ".join(code(one) for one in claim.formats)
    facts = [
        ("estimand", claim.estimand),
        ("level", f"{claim.alpha:g}, corrected over the primary parts of all claims (Holm)"),
        ("parts combine", _COMBINE[claim.combine]),
        ("must come out alike by", formats),
        ("overturned by", claim.overturned_by),
        ("what an experiment needs", claim.needs),
    ]
    parts = table(
        ("part", "role", "the claim expects", "unit", "smallest effect of interest"),
        [
            (part.name, part.role, part.expects, part.unit, f"{part.sesoi:g}")
            for part in claim.parts
        ],
    )
    shown = table(("", ""), [fact for fact in facts if fact[1]])
    return f"## {claim.name}: {claim.title}\n\n*{claim.says}*\n\n{shown}\n\n{parts}"
