from datetime import timedelta

import pytest

from ashiato.core.claims import Claim, Entity, EntityType
from ashiato.core.records import Record
from ashiato.core.tenancy import Conflict, Resolution, Role, TenancyStatus, Tracing
from ashiato.core.time import Moment, UncertainInterval
from ashiato.hunt import from_tracing
from ashiato.trace import trace, who
from tests.trace.test_trace_tenancies import (
    BUYER,
    REGISTERS,
    SELLER,
    claim,
    contract,
    during,
    holders,
    of,
    on,
    row,
    server,
    traced,
)

CERTAIN, POSSIBLE, CONFLICTING = TenancyStatus
ACCOUNT = Entity("a:1", "u-C-17", EntityType.ACCOUNT)
OTHER = Entity("g:other", "Tin Lantern", EntityType.GROUP)
