"""An assessed case of invented names, big enough to fill every section of the dossier."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256

import pytest

from ashiato.core.assessed import AssessedCase
from ashiato.core.canonical import content_id
from ashiato.core.claims import (
    Basis,
    Claim,
    ClaimReview,
    Entity,
    EntityType,
    Modality,
    Polarity,
    Proposition,
    Review,
    Ruling,
    Voice,
)
from ashiato.core.evidence import (
    CellLocator,
    Citation,
    Exhibit,
    LineLocator,
    Problem,
    RecordLocator,
    SpanLocator,
)
from ashiato.core.records import (
    CensusCell,
    CensusRow,
    CensusStatus,
    Indicator,
    Lead,
    LeadKind,
    Observable,
    ObservableType,
    Proposal,
    Sighting,
    SightingStatus,
)
from ashiato.core.sources import Source
from ashiato.core.techniques import TechniqueGuess, TechniqueMention
from ashiato.core.tenancy import (
    Conflict,
    Handover,
    Judgement,
    Role,
    Sameness,
    Tenancy,
    TenancyBasis,
    TenancyStatus,
    Tracing,
)
from ashiato.core.time import Moment, UncertainInterval
from ashiato.core.weighing import (
    Confidence,
    Contradiction,
    Element,
    FactWeight,
    Gap,
    Hypothesis,
    OriginSummary,
    Proceedings,
    Reason,
    Reliance,
    ReviewedOnly,
    Rung,
    RungVerdict,
    Side,
    Standard,
    StandardVerdict,
    Sufficiency,
    Verdict,
    WithoutOrigin,
)

STATEMENT = "evidence/documents/statement-01.txt"
SECOND = "evidence/documents/statement-02.txt"
ARTICLE = "evidence/documents/harbour-times-2031-04-20.txt"
VENDOR = "evidence/documents/northlight-toolset.txt"
JAPANESE = "evidence/documents/keisatsu-happyou.txt"
CONTRACTS = "evidence/registers/contracts-b.csv"
PAYMENTS = "evidence/registers/payments.csv"
CARD = "4111 1111 1111 1111"
PHONE = "+81 3 5550 0142"

TEXTS = {
    STATEMENT: f"""Harbour Police, statement of 20 April 2031.
The server vps-1042 was contracted under the name "M. Sato" on 3 November 2030.
A systems engineer, A. Brandt, admitted that he had signed the contract under a false name.
The reply number given was {PHONE} and the card was {CARD}.
The IDs for the server were handed over to the Kestrel group through an online site.
Kestrel is believed to have carried out the attacks on about 20 organisations.
Documents on A. Brandt were referred to prosecutors on 12 May 2031.
A. Brandt left the country in January 2031.
""",
    SECOND: """Harbour Police, second statement, 2 June 2031.
Kestrel is suspected to act on instructions of Unit 90210.
The former student L. Moreau contracted vps-1077 and vps-1078.
L. Moreau was told to do so by the wife of a member of Unit 90210.
A. Brandt was not indicted; the evidence was held to be insufficient.
""",
    ARTICLE: """Harbour Times, 20 April 2031.
According to the police, a group called Kestrel attacked the Meridian Institute.
The police believe that Unit 90210 directed the attacks.
The ministry denied it: "An investigation must rest on evidence and not on guesses."
A. Brandt denies having known what the server was for.
The wording was public <b>before</b> the attack & is "no proof", a lawyer said.
""",
    VENDOR: """Northlight Labs: the LANTERNJAW toolset.
LANTERNJAW was used by Kestrel in four earlier intrusions.
The command server answered at 203.0.113.7 from 5 November 2030 to 20 January 2031.
The builder of LANTERNJAW was published in 2029, and an imitator could have used it.
The operators worked from 09:00 to 18:00 in a time zone nine hours ahead of UTC.
""",
    JAPANESE: """捜査関係者によると、契約者は偽名を使っていたとみられる。
県警は、サーバーのIDがサイトを通じて渡された疑いがあるとしている。
外務省の報道官は「推測ではなく十分な証拠に基づくべきだ」と述べ、関与を否定した。
""",
    CONTRACTS: """Agreement no.,Customer,Login,Server,IP,From,Until
B-57,M. Sato,sato57,vps-1042,203.0.113.7,2030/11/03,2031/01/31
B-61,R. Okafor,okaf,vps-1077,203.0.113.21,2030/12/01,
""",
    PAYMENTS: f"""Payment,Agreement no.,Payer,Card
P-12,B-57,A. Brandt,{CARD}
""",
    "evidence/logs/org-001/proxy.log.gz": "x\n" * 40,
    "evidence/logs/org-002/auth.log": "y\n" * 12,
}
HASHES = {path: sha256(text.encode()).hexdigest() for path, text in TEXTS.items()}


@dataclass(frozen=True)
class Shelf:
    """A resolver over texts in memory."""

    texts: dict[str, str]

    def resolve(self, citation: Citation) -> bytes:
        text, locator = self.texts[citation.path], citation.locator
        match locator:
            case SpanLocator(start, end):
                return text[start:end].encode()
            case LineLocator(line):
                return text.split("\n")[line - 1].encode()
            case RecordLocator() | CellLocator():
                data = text.encode()
                return data[locator.byte_offset : locator.byte_offset + locator.byte_length]
            case _:
                return b""


def instant(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def span_of(path: str, quote: str) -> Citation:
    start = TEXTS[path].index(quote)
    return Citation(HASHES[path], path, SpanLocator(start, start + len(quote)), quote)


def row_of(path: str, record: int) -> Citation:
    line = TEXTS[path].splitlines()[record]
    offset = TEXTS[path].encode().index(line.encode())
    locator = RecordLocator(record, offset, len(line.encode()))
    return Citation(HASHES[path], path, locator, line)


def entity(text: str, kind: EntityType) -> Entity:
    return Entity(content_id((text, kind.value)), text, kind)


POLICE = Voice("harbour-police", "Harbour Police")
NORTHLIGHT = Voice("northlight", "Northlight Labs")
MINISTRY = Voice("ministry", "Ministry of Foreign Affairs")
TIMES = Voice("harbour-times", "Harbour Times")
REGISTER = Voice("provider-b", "Provider B")
BRANDT = entity("A. Brandt", EntityType.PERSON)
MOREAU = entity("L. Moreau", EntityType.PERSON)
KESTREL = entity("Kestrel", EntityType.GROUP)
UNIT = entity("Unit 90210", EntityType.UNIT)
VPS = entity("vps-1042", EntityType.SERVER)
VPS77 = entity("vps-1077", EntityType.SERVER)
VPS78 = entity("vps-1078", EntityType.SERVER)
SATO = entity("M. Sato", EntityType.PERSONA)
OKAFOR = entity("R. Okafor", EntityType.PERSONA)
ACCOUNT = entity("sato57", EntityType.ACCOUNT)


def claim(
    subject: Entity | None,
    predicate: str,
    object_: Entity | None,
    path: str,
    quote: str,
    *,
    by: Voice = POLICE,
    of: Voice | None = None,
    modality: Modality = Modality.STATED,
    basis: Basis = Basis.INFERENCE,
    polarity: Polarity = Polarity.AFFIRMED,
    cues: tuple[str, ...] = (),
    role: str | None = None,
    valid: UncertainInterval | None = None,
    review: Review = Review.PROPOSED,
) -> Claim:
    cited = row_of(path, int(quote)) if quote.isdigit() else span_of(path, quote)
    proposition = Proposition(subject, predicate, object_, role, valid or UncertainInterval())
    said = instant("2031-04-20T09:00") if path in {STATEMENT, ARTICLE} else instant("2031-06-02")
    made = Claim(
        "", proposition, polarity, modality, basis, cues, by, of or by, said, (cited,), "text@1"
    )
    return replace(made, id=content_id(made), review=review)


def _claims() -> dict[str, Claim]:
    began = Moment(instant("2030-11-03"), instant("2030-11-04"))
    held = UncertainInterval(began.earliest, began.latest, instant("2031-01-20"), None)
    low = Modality.SUSPECTED
    return {
        "contract": claim(
            SATO,
            "contracted",
            VPS,
            STATEMENT,
            'The server vps-1042 was contracted under the name "M. Sato" on 3 November 2030.',
            valid=held,
            review=Review.ACCEPTED,
        ),
        "admitted": claim(
            BRANDT,
            "admitted",
            SATO,
            STATEMENT,
            "A systems engineer, A. Brandt, admitted that he had "
            "signed the contract under a false name.",
            modality=Modality.ADMITTED,
            basis=Basis.HEARSAY,
            cues=("admitted",),
            review=Review.ACCEPTED,
        ),
        "reply": claim(
            SATO,
            "registered_as",
            entity("reply number", EntityType.OTHER),
            STATEMENT,
            f"The reply number given was {PHONE} and the card was {CARD}.",
            basis=Basis.RECORD,
        ),
        "passed": claim(
            None,
            "transferred",
            KESTREL,
            STATEMENT,
            "The IDs for the server were handed over to the Kestrel group through an online site.",
            role="recipient of the IDs",
        ),
        "carried": claim(
            KESTREL,
            "attacked",
            entity("about 20 organisations", EntityType.ORGANISATION),
            STATEMENT,
            "Kestrel is believed to have carried out the attacks on about 20 organisations.",
            modality=Modality.BELIEVED,
            cues=("believed to",),
        ),
        "referred": claim(
            BRANDT,
            "referred_to_prosecutors",
            None,
            STATEMENT,
            "Documents on A. Brandt were referred to prosecutors on 12 May 2031.",
            basis=Basis.FIRST_HAND,
        ),
        "left": claim(
            BRANDT,
            "left",
            entity("the country", EntityType.PLACE),
            STATEMENT,
            "A. Brandt left the country in January 2031.",
        ),
        "acts": claim(
            UNIT,
            "instructed",
            KESTREL,
            SECOND,
            "Kestrel is suspected to act on instructions of Unit 90210.",
            modality=low,
            cues=("suspected to",),
        ),
        "student": claim(
            MOREAU,
            "contracted",
            VPS77,
            SECOND,
            "The former student L. Moreau contracted vps-1077 and vps-1078.",
        ),
        "wife": claim(
            entity("wife of a member of Unit 90210", EntityType.PERSON),
            "instructed",
            MOREAU,
            SECOND,
            "L. Moreau was told to do so by the wife of a member of Unit 90210.",
            basis=Basis.HEARSAY,
        ),
        "dropped": claim(
            BRANDT,
            "not_indicted",
            None,
            SECOND,
            "A. Brandt was not indicted; the evidence was held to be insufficient.",
            basis=Basis.FIRST_HAND,
            review=Review.ACCEPTED,
        ),
        "press": claim(
            KESTREL,
            "attacked",
            entity("Meridian Institute", EntityType.ORGANISATION),
            ARTICLE,
            "According to the police, a group called Kestrel attacked the Meridian Institute.",
            by=TIMES,
            of=POLICE,
            modality=Modality.REPORTED,
            basis=Basis.HEARSAY,
            cues=("According to",),
        ),
        "press-unit": claim(
            UNIT,
            "directed",
            entity("the attacks", EntityType.EVENT),
            ARTICLE,
            "The police believe that Unit 90210 directed the attacks.",
            by=TIMES,
            of=POLICE,
            modality=Modality.BELIEVED,
            basis=Basis.HEARSAY,
            cues=("believe",),
            review=Review.UNSURE,
        ),
        "ministry": claim(
            UNIT,
            "directed",
            entity("the attacks", EntityType.EVENT),
            ARTICLE,
            'The ministry denied it: "An investigation must rest on evidence and not on guesses."',
            by=MINISTRY,
            polarity=Polarity.DENIED,
            cues=("denied",),
        ),
        "brandt-denies": claim(
            BRANDT,
            "provided_access",
            KESTREL,
            ARTICLE,
            "A. Brandt denies having known what the server was for.",
            by=Voice("brandt", "A. Brandt"),
            polarity=Polarity.DENIED,
            cues=("denies",),
        ),
        "lawyer": claim(
            KESTREL,
            "attributed_to",
            None,
            ARTICLE,
            'The wording was public <b>before</b> the attack & is "no proof", a lawyer said.',
            by=Voice("lawyer", "a lawyer"),
            polarity=Polarity.NEGATED,
            review=Review.REJECTED,
        ),
        "toolset": claim(
            KESTREL,
            "used",
            entity("LANTERNJAW", EntityType.MALWARE),
            VENDOR,
            "LANTERNJAW was used by Kestrel in four earlier intrusions.",
            by=NORTHLIGHT,
            basis=Basis.FIRST_HAND,
        ),
        "address": claim(
            VPS,
            "located_in",
            entity("203.0.113.7", EntityType.ADDRESS),
            VENDOR,
            "The command server answered at 203.0.113.7 from 5 November 2030 to 20 January 2031.",
            by=NORTHLIGHT,
            modality=Modality.OBSERVED,
            basis=Basis.RECORD,
            review=Review.ACCEPTED,
        ),
        "builder": claim(
            entity("an imitator", EntityType.OTHER),
            "used",
            entity("LANTERNJAW", EntityType.MALWARE),
            VENDOR,
            "The builder of LANTERNJAW was published in 2029, and an imitator could have used it.",
            by=NORTHLIGHT,
            modality=Modality.POSSIBLE,
            cues=("could have",),
        ),
        "hours": claim(
            entity("the operators", EntityType.GROUP),
            "operated",
            VPS,
            VENDOR,
            "The operators worked from 09:00 to 18:00 in a time zone nine hours ahead of UTC.",
            by=NORTHLIGHT,
            modality=Modality.INFERRED,
        ),
        "ja-name": claim(
            entity("契約者", EntityType.PERSON),
            "registered_as",
            entity("偽名", EntityType.PERSONA),
            JAPANESE,
            "捜査関係者によると、契約者は偽名を使っていたとみられる。",
            by=Voice("ja-police", "捜査関係者"),
            of=POLICE,
            modality=Modality.BELIEVED,
            cues=("とみられる",),
        ),
        "ja-passed": claim(
            None,
            "transferred",
            entity("サーバーのID", EntityType.ACCOUNT),
            JAPANESE,
            "県警は、サーバーのIDがサイトを通じて渡された疑いがあるとしている。",
            by=Voice("ja-police", "県警"),
            of=POLICE,
            modality=low,
            cues=("疑い",),
        ),
        "ja-denied": claim(
            UNIT,
            "directed",
            entity("攻撃", EntityType.EVENT),
            JAPANESE,
            "外務省の報道官は「推測ではなく十分な証拠に基づくべきだ」と述べ、関与を否定した。",
            by=MINISTRY,
            polarity=Polarity.DENIED,
            cues=("否定した",),
        ),
        "row-57": claim(
            SATO,
            "contracted",
            VPS,
            CONTRACTS,
            "1",
            by=REGISTER,
            modality=Modality.OBSERVED,
            basis=Basis.RECORD,
            review=Review.ACCEPTED,
        ),
        "row-12": claim(
            BRANDT,
            "paid_for",
            entity("B-57", EntityType.CONTRACT),
            PAYMENTS,
            "1",
            by=Voice("bank", "Coral Bank"),
            modality=Modality.OBSERVED,
            basis=Basis.RECORD,
        ),
    }


CLAIMS = _claims()


def ids(*names: str) -> tuple[str, ...]:
    return tuple(CLAIMS[name].id for name in names)


def _tenancies() -> tuple[Tenancy, ...]:
    day = instant("2030-11-03")
    exact = UncertainInterval(
        day, day + timedelta(days=1), instant("2031-01-31"), instant("2031-02-01")
    )
    vague = UncertainInterval(
        instant("2030-11-05"), instant("2030-11-12"), instant("2031-01-20"), instant("2031-01-28")
    )
    open_end = UncertainInterval(instant("2030-12-01"), instant("2030-12-02"), None, None)
    sure, maybe, clash = TenancyStatus.CERTAIN, TenancyStatus.POSSIBLE, TenancyStatus.CONFLICTING
    rows = [
        (VPS, SATO, Role.REGISTRANT, exact, sure, "the register names M. Sato", "row-57"),
        (VPS, BRANDT, Role.PAYER, exact, sure, "the card of payment P-12 is A. Brandt's", "row-12"),
        (VPS, KESTREL, Role.CREDENTIAL_HOLDER, vague, maybe, "the IDs were handed over", "passed"),
        (
            VPS77,
            OKAFOR,
            Role.REGISTRANT,
            open_end,
            maybe,
            "the register names R. Okafor",
            "student",
        ),
        (VPS77, MOREAU, Role.REGISTRANT, open_end, clash, "the police name L. Moreau", "student"),
        (
            VPS78,
            MOREAU,
            Role.REGISTRANT,
            UncertainInterval(),
            maybe,
            "the police say so",
            "student",
        ),
    ]
    return tuple(
        Tenancy(
            content_id((a, p, r)),
            a,
            p,
            r,
            held,
            TenancyBasis.STATED,
            status,
            ("harbour-police",),
            because,
            CLAIMS[name].citations,
            ids(name),
        )
        for a, p, r, held, status, because, name in rows
    )


TENANCIES = _tenancies()
LEAD = Standard("lead", 0.5, 1, 0.3, 0.5, on_point=True)
ANALYTIC = Standard("analytic", 0.55, 2, 0.5, 0.6)
PUBLIC = Standard("public", 0.9, 2, 0.75, 0.8)


def _hypotheses() -> tuple[Hypothesis, ...]:
    rows = [
        (
            "directed",
            "Kestrel, directed by Unit 90210",
            "candidate",
            0.54,
            (0.27, 0.72),
            "roughly even chance",
            0.1,
        ),
        (
            "alone",
            "Kestrel, on its own account",
            "candidate",
            0.18,
            (0.08, 0.33),
            "very unlikely",
            0.15,
        ),
        (
            "other",
            "another group of the region",
            "candidate",
            0.14,
            (0.05, 0.31),
            "very unlikely",
            0.2,
        ),
        (
            "imitator",
            "somebody posing as Kestrel",
            "imitator",
            0.04,
            (0.01, 0.11),
            "almost no chance",
            0.05,
        ),
        ("none", "none of these", "none", 0.10, (0.03, 0.24), "very unlikely", 0.3),
    ]
    return tuple(Hypothesis(*row) for row in rows)


GROUP_HYPOTHESES = (
    Hypothesis("kestrel", "Kestrel", "candidate", 0.72, (0.50, 0.84), "likely", 0.25),
    Hypothesis(
        "other",
        "another group of the region",
        "candidate",
        0.14,
        (0.05, 0.31),
        "very unlikely",
        0.4,
    ),
    Hypothesis(
        "imitator",
        "somebody posing as Kestrel",
        "imitator",
        0.04,
        (0.01, 0.11),
        "almost no chance",
        0.05,
    ),
    Hypothesis("none", "none of these", "none", 0.10, (0.03, 0.24), "very unlikely", 0.3),
)


def _facts() -> tuple[FactWeight, ...]:
    rows = [
        (
            "link",
            "the buyer of vps-1042 passed it to Kestrel",
            "infrastructure",
            True,
            0.71,
            ("harbour-police",),
            6.2,
            (0.9, 0.05, 0.1, 0.05),
            ids("passed", "ja-passed"),
            (),
        ),
        (
            "tool",
            "the toolset is Kestrel's",
            "malware",
            True,
            0.80,
            ("northlight",),
            4.8,
            (0.9, 0.25, 0.8, 0.15),
            ids("toolset", "builder"),
            (),
        ),
        (
            "victims",
            "the victims fit what Kestrel looks for",
            "victims",
            False,
            0.82,
            ("harbour-police", "logs"),
            1.1,
            (0.85, 0.6, 0.75, 0.4),
            ids("carried", "press"),
            ("13 organisations with a certain match on 203.0.113.7",),
        ),
        (
            "hours",
            "logins keep office hours nine hours ahead of UTC",
            "telemetry",
            False,
            0.66,
            ("northlight",),
            0.4,
            (0.7, 0.6, 0.5, 0.5),
            ids("hours"),
            (),
        ),
        (
            "denial",
            "the ministry denies it",
            "statements",
            False,
            0.98,
            ("ministry",),
            0.0,
            (0.98, 0.98, 0.98, 0.98),
            ids("ministry", "ja-denied"),
            (),
        ),
        (
            "resold",
            "the server was resold",
            "infrastructure",
            False,
            0.3,
            (),
            -1.7,
            (0.3, 0.5, 0.5, 0.4),
            (),
            (),
        ),
    ]
    names = [h.id for h in GROUP_HYPOTHESES]
    return tuple(
        FactWeight(
            i, label, aspect, need, p, origins, db, dict(zip(names, lk, strict=True)), claims, items
        )
        for i, label, aspect, need, p, origins, db, lk, claims, items in rows
    )


def _standards() -> tuple[StandardVerdict, ...]:
    interval = "The lower end of the interval falls short of the threshold."
    return (
        StandardVerdict(LEAD, Sufficiency.SUFFICIENT, ()),
        StandardVerdict(
            ANALYTIC,
            Sufficiency.INSUFFICIENT,
            (
                Reason("INTERVAL", "Kestrel", 0.50, 0.55, interval),
                Reason(
                    "FRAGILE",
                    "harbour-police",
                    0.39,
                    0.5,
                    "Without Harbour Police too little remains.",
                ),
                Reason("SINGLE_ORIGIN", "link", 1.0, 2.0, ""),
            ),
        ),
        StandardVerdict(
            PUBLIC,
            Sufficiency.INSUFFICIENT,
            (
                Reason("INTERVAL", "Kestrel", 0.50, 0.90, interval),
                Reason("ELEMENT_UNPROVEN", "link", 0.71, 0.8, ""),
                Reason("SINGLE_ORIGIN", "link", 1.0, 2.0, ""),
            ),
        ),
    )


GAPS = (
    Gap(
        "the buyer passed it to Kestrel",
        "account log of the online site, November 2030",
        0.47,
        "group",
        "site operator, until 2031-06-30",
    ),
    Gap(
        "Unit 90210 directs Kestrel",
        "authenticated messages between A. Brandt and Unit 90210",
        0.37,
        "sponsor",
        "seized telephone",
    ),
    Gap("the toolset is Kestrel's", "a second laboratory on the malware of Org 017", 0.24, "group"),
    Gap(
        "the buyer passed it to Kestrel",
        "one more report that quotes Harbour Police",
        0.001,
        "group",
    ),
)


def _ladder() -> tuple[RungVerdict, ...]:
    tracing = [t.id for t in TENANCIES]
    return (
        RungVerdict(
            Rung.MACHINE,
            "203.0.113.7 (vps-1042)",
            None,
            None,
            None,
            3,
            "certain",
            claims=ids("address", "row-57"),
            tenancies=tuple(tracing[:1]),
        ),
        RungVerdict(Rung.ACCOUNT, "sato57", None, None, None, 2, "certain", claims=ids("row-57")),
        RungVerdict(
            Rung.PERSONA,
            "M. Sato",
            None,
            None,
            None,
            2,
            "certain",
            claims=ids("contract", "row-57"),
            tenancies=tuple(tracing[:1]),
        ),
        RungVerdict(
            Rung.PERSON,
            "A. Brandt",
            0.69,
            (0.51, 0.82),
            "likely",
            2,
            "INSUFFICIENT",
            (Reason("INTERVAL", "A. Brandt", 0.51, 0.55),),
            _standards()[:1],
            Confidence.LOW,
            claims=ids("admitted", "row-12"),
            tenancies=tuple(tracing[1:2]),
        ),
        RungVerdict(
            Rung.GROUP,
            "Kestrel",
            0.72,
            (0.50, 0.84),
            "likely",
            2,
            "INSUFFICIENT",
            _standards()[1].reasons,
            _standards(),
            Confidence.LOW,
            GROUP_HYPOTHESES,
            _facts(),
            (
                WithoutOrigin("harbour-police", 0.39),
                WithoutOrigin("northlight", 0.58),
                WithoutOrigin("ministry", 0.72),
            ),
            GAPS,
            ids("passed", "carried", "toolset"),
        ),
        RungVerdict(
            Rung.SPONSOR,
            "Unit 90210",
            0.54,
            (0.27, 0.72),
            "roughly even chance",
            1,
            "INSUFFICIENT",
            (Reason("SINGLE_ORIGIN", "instructs", 1.0, 2.0),),
            (),
            Confidence.LOW,
            _hypotheses(),
            (),
            (WithoutOrigin("harbour-police", 0.2),),
            (),
            ids("acts", "press-unit"),
        ),
    )


def graded(
    origin: str, name: str, letter: str, reason: str, *, claims: int, reports: int
) -> OriginSummary:
    return OriginSummary(
        origin,
        name,
        letter or "D",
        graded=bool(letter),
        reason=reason,
        claims=claims,
        reports=reports,
    )


VERDICT = Verdict(
    question="Who carried out the intrusions?",
    rung=Rung.GROUP,
    as_known_on=instant("2031-06-10"),
    evidence_digest="9c41" + "ab" * 30,
    hypotheses=GROUP_HYPOTHESES,
    ladder=_ladder(),
    weakest_rung=Rung.SPONSOR,
    standards=_standards(),
    confidence=Confidence.LOW,
    confidence_because=(
        "3 independent origins, of which 1 speaks on a required element; "
        "the interval is 34 points wide; leaving out Harbour Police moves the estimate by 33 points"
    ),
    gaps=GAPS,
    origins=(
        graded(
            "harbour-police", "Harbour Police", "B", "statutory investigator", claims=14, reports=19
        ),
        graded(
            "northlight",
            "Northlight Labs",
            "B",
            "own laboratory, past work held up",
            claims=4,
            reports=4,
        ),
        graded("ministry", "Ministry of Foreign Affairs", "", "", claims=2, reports=5),
    ),
    review=Reliance(claims=8, proposed=3, unsure=1, accepted=4),
    reviewed_only=ReviewedOnly("Kestrel", 0.6, (0.4, 0.8), "INSUFFICIENT"),
)


def _log_line(path: str, number: int) -> Citation:
    quote = f"1604{number:06d}.120 GET http://203.0.113.7/a.php 10.0.0.{number}"
    codec = "gzip" if path.endswith(".gz") else None
    return Citation(HASHES[path], path, RecordLocator(number, number * 90, 88, codec), quote)


def _census() -> tuple[CensusRow, ...]:
    hits = [(CensusStatus.HIT, 9), (CensusStatus.PROBABLE, 2), (CensusStatus.POSSIBLE, 1)]
    rest = [(CensusStatus.CLEAR, 4), (CensusStatus.NO_COVERAGE, 3), (CensusStatus.REFUSED, 1)]
    statuses = [status for status, n in (*hits, *rest) for _ in range(n)]
    first, last = instant("2030-11-06T02:11:08"), instant("2031-01-19T08:40:00")
    rows = []
    for n, status in enumerate(statuses, 1):
        seen = n <= 12
        covered = status not in {CensusStatus.NO_COVERAGE, CensusStatus.REFUSED}
        log = "evidence/logs/org-001/proxy.log.gz" if n % 2 else "evidence/logs/org-002/auth.log"
        rows.append(
            CensusRow(
                f"Org {n:03d}",
                status,
                first + timedelta(days=n) if seen else None,
                last - timedelta(days=n) if seen else None,
                n % 5 + 1 if seen else 0,
                n * 13 if seen else 0,
                n % 3,
                ("proxy", "dns") if seen else (),
                instant("2030-06-01") if covered else None,
                instant("2031-03-01") if covered else None,
                (_log_line(log, n),) if seen else (),
            )
        )
    return tuple(rows)


def _cells() -> tuple[CensusCell, ...]:
    """Two months of proxy logs of each organisation, and no DNS logs at all."""
    november, december, january = (
        instant(day) for day in ("2030-11-01", "2030-12-01", "2031-01-01")
    )
    found = []
    for row in _census():
        seen, blind = row.sightings > 0, row.coverage_start is None
        status = row.status
        gap = (november + timedelta(days=3), november + timedelta(days=5))
        for start, end, kind in (
            (november, december, "proxy"),
            (december, january, "proxy"),
            (november, january, "dns"),
        ):
            lacks = blind or kind == "dns"
            days = (end - start).days
            found.append(
                CensusCell(
                    row.organisation,
                    kind,
                    start,
                    end,
                    CensusStatus.NO_COVERAGE if lacks and not blind else status,
                    row.first_seen if seen and not lacks else None,
                    row.last_seen if seen and not lacks else None,
                    row.hosts if not lacks else 0,
                    row.sightings if not lacks else 0,
                    row.excluded if not lacks else 0,
                    row.excluded if seen and not lacks else 0,
                    row.hosts * 4096 if seen and not lacks else None,
                    None,
                    days,
                    0 if lacks else days - 2,
                    ((start, end),) if lacks else (gap,) if start == november else (),
                    row.best if not lacks else (),
                )
            )
    return tuple(found)


def _proposals() -> tuple[Proposal, ...]:
    cited = (_log_line("evidence/logs/org-001/proxy.log.gz", 3),)
    seen = (instant("2030-11-07"), instant("2031-01-18"))
    parts = {"breadth": 0.875, "nearness": 0.95, "rarity": 1.0}
    because = "contacted by 7 of 9 hit machines in 4 organisations and 0 of 812 others"
    return tuple(
        Proposal(
            Observable(kind, value),
            score,
            parts,
            because,
            7,
            9,
            0,
            812,
            4,
            0,
            *seen,
            ("ind-address",),
            ("origin-1",),
            cited,
        )
        for kind, value, score in (
            (ObservableType.DOMAIN, "second.example", 0.95),
            (ObservableType.IP, "198.51.100.9", 0.62),
        )
    )


def _sightings() -> tuple[Sighting, ...]:
    path = "evidence/logs/org-001/proxy.log.gz"
    seen = Observable(ObservableType.IP, "203.0.113.7")
    return tuple(
        Sighting(
            "ind-address",
            seen,
            f"Org {n:03d}",
            instant("2030-11-06") + timedelta(days=n),
            f"pc-{n}",
            "proxy",
            "dst_ip",
            "203.0.113.7",
            _log_line(path, n),
            SightingStatus.EXCLUDED if n % 4 == 0 else SightingStatus.CERTAIN,
            "after the window" if n % 4 == 0 else "inside the window",
        )
        for n in range(1, 13)
    )


def orchid() -> AssessedCase:
    exhibits = tuple(
        Exhibit(HASHES[path], len(text.encode()), path, instant("2031-04-20"))
        for path, text in TEXTS.items()
    )
    indicators = (
        Indicator(
            "ind-address",
            Observable(ObservableType.IP, "203.0.113.7"),
            TENANCIES[2].interval,
            "answered as command server while Kestrel may have held vps-1042",
            CLAIMS["address"].citations,
            "vps-1042",
            "Kestrel",
            ("northlight",),
        ),
        Indicator(
            "ind-domain",
            Observable(ObservableType.DOMAIN, "updates.kestrel.test"),
            UncertainInterval(),
            "named in the vendor's report",
            CLAIMS["toolset"].citations,
        ),
    )
    tracing = Tracing(
        TENANCIES,
        (
            Handover(
                ACCOUNT,
                BRANDT,
                KESTREL,
                Moment(instant("2030-11-05"), instant("2030-11-12")),
                0.86,
                ("client", "address", "hours"),
                "client, network and hours of the logins all change while M. Sato stays registrant",
                CLAIMS["passed"].citations,
            ),
        ),
        (
            Judgement(
                SATO,
                BRANDT,
                Sameness.SAME,
                18.4,
                "same card on two contracts; admitted",
                "identifier rules",
                CLAIMS["row-12"].citations,
            ),
            Judgement(
                OKAFOR,
                MOREAU,
                Sameness.UNSURE,
                3.1,
                "same postal address, no payment",
                "analyst",
                CLAIMS["student"].citations,
            ),
        ),
        (
            Conflict(
                VPS77,
                Role.REGISTRANT,
                "exclusive",
                "two registrants for one time",
                (TENANCIES[3].id, TENANCIES[4].id),
            ),
        ),
    )
    proceedings = (
        Proceedings(
            "A. Brandt",
            ids("left", "admitted", "referred", "dropped"),
            "not indicted: insufficient evidence",
            "contracting for machines with false records",
            "false private electronic records (general description)",
            (
                Element("false", "the record is false", ids("admitted", "contract"), ""),
                Element(
                    "purpose",
                    "the purpose of misleading another's affairs",
                    (),
                    "what A. Brandt intended: messages, statement",
                ),
            ),
        ),
    )
    problems = (
        Problem(
            "no-zone",
            "evidence/logs/org-009/squid.log",
            "the log states no time zone",
            "add timezone to its entry in case.toml",
            4210,
        ),
        Problem(
            "bad-line",
            CONTRACTS,
            "the row has 5 cells, its head has 7",
            "correct the export",
            1,
            row_of(CONTRACTS, 2),
        ),
    )
    settings = {
        "policy.analytic": "tau .55, n 2, floor .50, eps .60",
        "policy.lead": "tau .50 on the point, n 1, floor .30, eps .50",
        "pack.predicates": "version 1, sha256 4f1d2c…",
        "draws": "1500, seed 20160601",
    }
    return AssessedCase(
        "orchid-2031",
        "Intrusions at 20 organisations",
        "AMBER",
        "Police investigation; request of 2031-04-02",
        "0.1.0",
        VERDICT.evidence_digest,
        instant("2031-06-10"),
        exhibits,
        {
            STATEMENT: "harbour-police",
            SECOND: "harbour-police",
            ARTICLE: "harbour-times",
            VENDOR: "northlight",
            CONTRACTS: "provider-b",
        },
        (
            Source("harbour-police", "Harbour Police", "agency", "B", "statutory investigator"),
            Source("harbour-times", "Harbour Times", "outlet"),
            Source("northlight", "Northlight Labs", "organisation", "B", "past work held up"),
            Source("provider-b", "Provider B", "provider", "A", "keeps the register itself"),
        ),
        tuple(CLAIMS.values()),
        tracing,
        indicators,
        _sightings(),
        _census(),
        (VERDICT,),
        proceedings,
        problems,
        {"proxy": 88210, "auth": 1204},
        settings,
        (("card", CARD), ("phone", PHONE)),
        _reviews(),
        (
            TechniqueMention(
                TechniqueGuess("T1105", "Ingress Tool Transfer", 0.71, 0.42, ("downloaded",)),
                (TechniqueGuess("T1570", "Lateral Tool Transfer", 0.05, -0.6, ("tool",)),),
                CLAIMS["toolset"].citations[0],
            ),
        ),
        cells=_cells(),
        proposals=_proposals(),
        leads=_leads(),
        contradictions=CONTRADICTIONS,
    )


def _leads() -> tuple[Lead, ...]:
    log = "evidence/logs/org-001/proxy.log.gz"
    return (
        Lead(
            LeadKind.BULK_UPLOAD,
            (("Org 001", "192.0.2.10"),),
            "drop.example",
            ("proxy",),
            0.87,
            {"direction": 1.0, "volume": 0.77},
            {"bytes_out": 4e8, "days": 1.0},
            instant("2030-12-03"),
            instant("2030-12-04"),
            "400.0 MB sent in one day, 3.0 kB received; 1 of 20 machines call it",
            (_log_line(log, 7), _log_line(log, 9)),
        ),
        Lead(
            LeadKind.SHARED_DESTINATION,
            (("Org 001", "192.0.2.10"), ("Org 002", "192.0.2.11")),
            "c2.example",
            ("dns", "proxy"),
            0.71,
            {"together": 0.9},
            {"machines": 2.0, "organisations": 2.0},
            instant("2030-12-01"),
            instant("2031-01-04"),
            "2 of 20 organisations call it, with 2 machines",
            (_log_line(log, 11),),
        ),
    )


CONTRADICTIONS = (
    Contradiction(
        "polarity",
        "Kestrel transferred the account",
        (
            Side("it is affirmed", ids("passed"), ("harbour-police",)),
            Side("it is denied", ids("press-unit"), ("ministry",)),
        ),
    ),
    Contradiction(
        "value",
        "contracted: vps-1042",
        (
            Side("A. Brandt contracted vps-1042", ids("carried"), ("northlight",)),
            Side("K. Aster contracted vps-1042", ids("toolset"), ("harbour-police",)),
        ),
        "the other version was rejected by A. Thorne: read again",
    ),
)


def _reviews() -> tuple[ClaimReview, ...]:
    decided = [c for c in CLAIMS.values() if c.review is not Review.PROPOSED]
    ruling = Ruling("unsure", "E. Marlow", f"the number {PHONE} is cut off")
    return tuple(
        ClaimReview(c.id, (ruling, Ruling(c.review, "A. Thorne", "read again"))) for c in decided
    )


def bare() -> AssessedCase:
    return AssessedCase(
        "empty",
        "",
        "clear",
        "",
        "0.1.0",
        "0" * 64,
        None,
        (),
        {},
        (),
        (),
        Tracing(),
        (),
        (),
        (),
        (),
        (),
        (),
        {},
        {},
    )


@pytest.fixture
def case() -> AssessedCase:
    return orchid()


@pytest.fixture
def empty_case() -> AssessedCase:
    return bare()


@pytest.fixture
def shelf() -> Shelf:
    return Shelf(dict(TEXTS))


@pytest.fixture
def many_tenancies() -> Callable[[int], tuple[Tenancy, ...]]:
    def build(count: int) -> tuple[Tenancy, ...]:
        first = instant("2030-01-01")
        return tuple(
            replace(
                TENANCIES[0],
                id=f"t{n}",
                asset=entity(f"vps-{n // 2}", EntityType.SERVER),
                interval=UncertainInterval.exactly(
                    first + timedelta(days=n), first + timedelta(days=n + 90)
                ),
            )
            for n in range(count)
        )

    return build
