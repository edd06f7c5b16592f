"""The verdicts that an experiment gives, with every number behind them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from analysis.claims import verdict as rules
from analysis.claims.claim import CLAIMS, Claim, Part
from analysis.claims.estimands import ESTIMANDS
from analysis.claims.finding import Finding
from analysis.claims.slices import Slice, slices
from analysis.claims.verdict import Verdict
from analysis.folder import Folder
from analysis.statistics import holm


@dataclass(frozen=True, slots=True)
class PartJudgement:
    """One part in one readout.

    Attributes:
        part: as declared.
        readout: how the answers were read.
        finding: the number.
        low: lower end of the interval of 1 - alpha.
        high: upper end.
        p: of the test against 0; None without uncertainty.
        p_adjusted: by Holm over the primary parts; of other parts p itself.
        p_equivalent: of the test that it lies outside the smallest effect of interest, by Holm too.
        verdict: of this part in this readout.
        needed: units that would decide; None where it is decided, or cannot be told.
    """

    part: Part
    readout: str
    finding: Finding
    low: float | None
    high: float | None
    p: float | None
    p_adjusted: float | None
    p_equivalent: float | None
    verdict: Verdict
    needed: int | None


@dataclass(frozen=True, slots=True)
class Judgement:
    """The verdict on one claim by one model.

    Attributes:
        claim: as declared.
        model: whose characters they were.
        verdict: what comes of it.
        reason: why it is undecided or not measured; "" where it is neither.
        parts: every number behind it.
    """

    claim: Claim
    model: str
    verdict: Verdict
    reason: str
    parts: Sequence[PartJudgement]


def judge(folder: Folder, names: Sequence[str] | None = None) -> list[Judgement]:
    """Verdicts on claims, model by model.

    Args:
        folder: the experiment.
        names: of the claims; None for those that the experiment declares, or all.
    """
    declared = folder.experiment.get("analysis", {}).get("claims", ())
    wanted = [CLAIMS[name] for name in CLAIMS if name in (names or declared or CLAIMS)]
    by_model: dict[str, list[Slice]] = {}
    for one in slices(folder):
        by_model.setdefault(one.model, []).append(one)
    return [
        judgement
        for model, of_model in by_model.items()
        for judgement in _of_model(model, of_model, wanted)
    ]


def _of_model(model: str, read: Sequence[Slice], claims: Sequence[Claim]) -> Iterator[Judgement]:
    there = [one.readout for one in read]
    by_readout = {
        one.readout: _in_readout(
            one, [each for each in claims if one.readout in _used(each, there)]
        )
        for one in read
    }
    for claim in claims:
        parts = {name: by_readout[name][claim.name] for name in _used(claim, there)}
        verdict, reason = _combined(claim, parts)
        yield Judgement(
            claim, model, verdict, reason, [one for all_ in parts.values() for one in all_]
        )


def _used(claim: Claim, there: Sequence[str]) -> Sequence[str]:
    """The readouts that count: those which must agree, or the first of any."""
    return [name for name in claim.formats if name in there] or there[:1]


def _in_readout(one: Slice, claims: Sequence[Claim]) -> Mapping[str, Sequence[PartJudgement]]:
    """All parts of some claims in one readout, corrected together."""
    found = {
        claim.name: [
            _tested(part, one.readout, _estimated(one, part, claim.alpha), claim.alpha)
            for part in claim.parts
        ]
        for claim in claims
    }
    primary = [part for parts in found.values() for part in parts if part.part.role == "primary"]
    apart = iter(holm([part.p for part in primary]))
    alike = iter(holm([part.p_equivalent for part in primary]))
    return {
        claim.name: [
            _decided(
                replace(part, p_adjusted=next(apart), p_equivalent=next(alike))
                if part.part.role == "primary"
                else part,
                claim.alpha,
            )
            for part in found[claim.name]
        ]
        for claim in claims
    }


def _estimated(one: Slice, part: Part, alpha: float) -> Finding:
    return ESTIMANDS[part.estimand](one.folder, part.options, alpha)


def _tested(part: Part, readout: str, finding: Finding, alpha: float) -> PartJudgement:
    low, high = finding.interval(alpha)
    p = alike = None
    if finding.value is not None and finding.uncertainty is not None:
        p = finding.uncertainty.p(finding.value)
        alike = finding.uncertainty.p_equivalent(finding.value, part.sesoi)
    return PartJudgement(part, readout, finding, low, high, p, p, alike, "undecided", None)


def _decided(one: PartJudgement, alpha: float) -> PartJudgement:
    ps = one.p_adjusted, one.p_equivalent
    verdict = rules.of_part(one.finding, one.part.expects, ps, alpha)
    is_open = verdict == "undecided" and one.part.role != "guard"
    needed = rules.needed(one.finding, one.part.sesoi, alpha) if is_open else None
    return replace(one, verdict=verdict, needed=needed)


def _combined(
    claim: Claim, by_readout: Mapping[str, Sequence[PartJudgement]]
) -> tuple[Verdict, str]:
    each = {name: _of_readout(claim, parts) for name, parts in by_readout.items()}
    said = {verdict for verdict, _ in each.values()}
    if said == {"not measured"}:
        reasons = [one.finding.reason for parts in by_readout.values() for one in parts]
        return "not measured", next(
            (f"{one}; {claim.needs}" for one in reasons if one), claim.needs
        )
    lacking = [name for name in claim.formats if name not in by_readout]
    if lacking:
        return "undecided", f"it was not read by {' and '.join(lacking)}, which must agree"
    if len(said) > 1:
        told = ", ".join(f"{verdict} by {name}" for name, (verdict, _) in each.items())
        return "undecided", f"its readouts must agree: {told}"
    return next(iter(each.values()))


def _of_readout(claim: Claim, parts: Sequence[PartJudgement]) -> tuple[Verdict, str]:
    verdict, reason = rules.combined(
        [one.verdict for one in parts if one.part.role == "primary"], claim.combine
    )
    if verdict not in ("supported", "contradicted"):
        return verdict, reason
    for one in parts:
        must_not = rules.turned(one.part.expects) if verdict == "contradicted" else one.part.expects
        if one.part.role == "guard" and rules.violated(one.finding, must_not, claim.alpha):
            return "undecided", f"guarded by: {one.part.name}"
    return verdict, reason
