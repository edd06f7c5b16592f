"""The nine claims: what each says in numbers, and what an experiment says to it.

`claim` reads what a claim declared before any run, the estimands read a folder, `verdict` decides.
"""

from analysis.claims.claim import CLAIMS, Claim, claim
from analysis.claims.judgement import Judgement, PartJudgement, judge

__all__ = ["CLAIMS", "Claim", "Judgement", "PartJudgement", "claim", "judge"]
