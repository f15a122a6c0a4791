"""Who else calls a destination: how many machines of the organisation, of how many."""

from dataclasses import dataclass, field

import numpy as np

from ashiato.engine.protocol import Flows
from ashiato.hunt.measures import rarity

Place = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Company:
    """Visitors of the destinations that were asked for, by organisation and kind of log."""

    asked: dict[Place, set[str]] = field(default_factory=dict)
    visitors: dict[tuple[str, str, str], int] = field(default_factory=dict)
    machines: dict[Place, int] = field(default_factory=dict)

    def meet(self, flows: Flows) -> None:
        """Count the visitors of what was asked for."""
        place = (flows.org, flows.kind)
        self.machines[place] = len(flows.machines)
        asked = self.asked.get(place)
        if not asked:
            return
        counts = visitors(flows)
        for at, name in enumerate(flows.names):
            if name in asked:
                self.visitors[*place, name] = int(counts[at])

    def rarity(self, org: str, kind: str, name: str) -> float:
        """Say how rare the destination is in the organisation."""
        return rarity(self.visitors.get((org, kind, name), 1), self.machines.get((org, kind), 1))

    def spoken(self, org: str, kind: str, name: str) -> str:
        """Say it in words."""
        found = self.visitors.get((org, kind, name), 1)
        return f"{found} of {self.machines.get((org, kind), 1)} machines call it"


def visitors(flows: Flows) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """Count the machines that called each destination."""
    pairs = np.unique(flows.dst * len(flows.machines) + flows.src)
    return np.bincount(pairs // max(len(flows.machines), 1), minlength=len(flows.names))
