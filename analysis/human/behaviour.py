"""The registry of statistics that published experiments report, computed from recorded choices."""

from collections.abc import Mapping
from types import MappingProxyType

from analysis.human.choices import Statistic
from analysis.human.dilemmas import DILEMMAS
from analysis.human.honesty import HONESTY
from analysis.human.sharing import SHARING

_FAMILIES: tuple[tuple[Statistic, ...], ...] = (DILEMMAS, SHARING, HONESTY)
STATISTICS: Mapping[str, Statistic] = MappingProxyType(
    {each.name: each for family in _FAMILIES for each in family}
)
