"""An exercise is what its truth says: read back here by plain searching, not by the product."""

import csv
import gzip
import re
import tomllib
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from fnmatch import fnmatchcase
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from ashiato.core.errors import BadInput
from ashiato.exercise import Truth, new_exercise, parameters_of, read_truth, truth_path
from ashiato.exercise.documents import kinds, word
from ashiato.exercise.plan import plan
from ashiato.exercise.scene import Scene
from ashiato.exercise.traffic import _habit
from ashiato.exercise.words import pack

LINES = 6_000


def scene(seed: int, **fields: Any) -> Scene:  # noqa: ANN401 - any field of the parameters
    return plan(seed, replace(parameters_of(), log_lines=5_000, **fields))


@pytest.fixture(scope="module")
def case_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return new_exercise(tmp_path_factory.mktemp("made") / "case", seed=11, log_lines=LINES)


@pytest.fixture(scope="module")
def truth(case_dir: Path) -> Truth:
    return read_truth(truth_path(case_dir))


@pytest.fixture(scope="module")
def case(case_dir: Path) -> dict[str, Any]:
    return tomllib.loads((case_dir / "case.toml").read_text("utf-8"))


def tree_hash(folder: Path) -> str:
    files = sorted(p for p in folder.rglob("*") if p.is_file())
    whole = b"".join(
        f"{p.relative_to(folder)}".encode() + sha256(p.read_bytes()).digest() for p in files
    )
    return sha256(whole).hexdigest()


def log_lines(case_dir: Path, entry: dict[str, Any]) -> Iterator[bytes]:
    for path in sorted(case_dir.glob(entry["files"])):
        data = path.read_bytes()
        plain = gzip.decompress(data) if path.suffix == ".gz" else data
        yield from (line for line in plain.splitlines() if not line.startswith(b"#"))


def logs_of(case: dict[str, Any], organisation: str) -> dict[str, Any]:
    return next(e for e in case["evidence"] if e.get("organisation") == organisation)


def contract_rows(case_dir: Path, case: dict[str, Any]) -> Iterator[dict[str, str]]:
    for entry in case["evidence"]:
        if entry.get("mapping", "").endswith("-contracts"):
            mapping = case["mappings"][entry["mapping"]]
            with (case_dir / entry["files"]).open(encoding="utf-8", newline="") as file:
                for row in csv.DictReader(file, delimiter=mapping["delimiter"]):
                    yield {ours: row[theirs] for ours, theirs in mapping["columns"].items()}


def test_one_seed_gives_one_tree_of_bytes(tmp_path: Path, case_dir: Path) -> None:
    again = new_exercise(tmp_path / "again", seed=11, log_lines=LINES)

    assert tree_hash(again) == tree_hash(case_dir)
    assert truth_path(again).read_bytes() == truth_path(case_dir).read_bytes()


def test_another_seed_gives_other_bytes_in_every_document_and_log(
    tmp_path: Path, case_dir: Path
) -> None:
    other = new_exercise(tmp_path / "other", seed=12, log_lines=LINES)

    mine = {sha256(p.read_bytes()).hexdigest() for p in case_dir.rglob("*") if p.is_file()}
    theirs = {sha256(p.read_bytes()).hexdigest() for p in other.rglob("*") if p.is_file()}
    assert not mine & theirs


def test_the_truth_lies_outside_the_case(case_dir: Path, truth: Truth) -> None:
    inside = [p for p in case_dir.rglob("*") if "truth" in p.name]

    assert inside == []
    assert truth_path(case_dir).parent == case_dir.parent
    assert truth.schema == "ashiato.truth/1"


def test_the_truth_may_not_be_put_into_the_case(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="the truth may not lie in the case"):
        new_exercise(tmp_path / "case", seed=1, truth=tmp_path / "case" / "truth.json")
    assert not (tmp_path / "case").exists()


def test_a_folder_with_something_in_it_is_refused(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine")

    with pytest.raises(BadInput, match="empty folder"):
        new_exercise(tmp_path, seed=1)


@pytest.mark.parametrize(("organisations", "lines"), [(9, 5_000), (20, 100)])
def test_sizes_too_small_for_every_part_are_refused(
    tmp_path: Path, organisations: int, lines: int
) -> None:
    with pytest.raises(BadInput, match="too small"):
        new_exercise(tmp_path / "c", seed=1, organisations=organisations, log_lines=lines)


def test_every_file_is_matched_by_exactly_one_evidence_entry(
    case_dir: Path, case: dict[str, Any]
) -> None:
    globs = [entry["files"] for entry in case["evidence"]]

    for path in (p for p in (case_dir / "evidence").rglob("*") if p.is_file()):
        name = path.relative_to(case_dir).as_posix()
        assert sum(fnmatchcase(name, pattern) for pattern in globs) == 1, name


def test_every_source_named_by_an_entry_is_described(case: dict[str, Any]) -> None:
    known = {source["id"] for source in case["sources"]}

    assert {entry["source"] for entry in case["evidence"]} <= known
    assert len(known) == len(case["sources"])


def test_the_headings_of_the_tables_are_those_of_their_mappings(
    case_dir: Path, case: dict[str, Any]
) -> None:
    for entry in (e for e in case["evidence"] if "mapping" in e):
        mapping = case["mappings"][entry["mapping"]]
        head = (case_dir / entry["files"]).read_text("utf-8").splitlines()[0]
        assert head.split(mapping["delimiter"]) == list(mapping["columns"].values())


def test_the_number_of_log_lines_is_near_the_target(
    case_dir: Path, case: dict[str, Any], truth: Truth
) -> None:
    entries = [e for e in case["evidence"] if "organisation" in e]
    counted = sum(1 for e in entries for _ in log_lines(case_dir, e))

    assert abs(truth.lines - LINES) <= LINES * 0.01
    assert counted == truth.lines


def test_the_planted_contacts_of_every_victim_and_decoy_are_in_its_logs(
    case_dir: Path, case: dict[str, Any], truth: Truth
) -> None:
    for traced in (*truth.victims, *truth.decoys):
        entry = logs_of(case, traced.organisation)
        values = "|".join(re.escape(v) for v in traced.values)
        needle = re.compile(rf"(?<![\w.-])(?:{values})(?![\w-])".encode())
        lines = [line for line in log_lines(case_dir, entry) if needle.search(line)]
        assert len(lines) >= traced.contacts, traced.organisation
        for host in traced.hosts:
            assert any(host.encode() in line for line in lines), (traced.organisation, host)


def test_the_first_attack_in_an_epoch_log_is_the_one_the_truth_tells(
    case_dir: Path, case: dict[str, Any], truth: Truth
) -> None:
    checked = 0
    for victim in truth.victims:
        entry = logs_of(case, victim.organisation)
        if entry["kind"] != "squid":
            continue
        lines = log_lines(case_dir, entry)
        stamps = [float(x.split()[0]) for x in lines if any(v.encode() in x for v in victim.values)]
        shown = victim.first.timestamp() + entry["clock_offset_seconds"]
        assert min(stamps) == pytest.approx(shown, abs=0.002)
        checked += 1
    assert checked


def test_no_other_organisation_meets_the_group(
    case_dir: Path, case: dict[str, Any], truth: Truth
) -> None:
    values = {v.encode() for t in truth.victims for v in t.values}
    meant = {t.organisation for t in (*truth.victims, *truth.decoys)}
    meant |= {b.organisation for b in truth.blind if b.attacked}

    for entry in (e for e in case["evidence"] if "organisation" in e):
        if entry["organisation"] not in meant:
            text = b"\n".join(log_lines(case_dir, entry))
            assert not any(value in text for value in values), entry["organisation"]


def test_attacks_lie_inside_the_groups_custody_and_reuse_hits_after_it(truth: Truth) -> None:
    group = truth.campaign.group
    held = [c for c in truth.custody if c.party == group and c.role == "operator"]
    reused = [d for d in truth.decoys if d.kind == "reused_address"]

    for victim in truth.victims:
        own = [c for c in held if set(c.assets) & set(victim.assets)]
        assert min(c.start for c in own) < victim.first
        assert victim.last < max(c.end for c in own if c.end)
    assert reused
    assert all(d.first > held_end for d in reused for held_end in _ends(truth, d.values))


def _ends(truth: Truth, values: tuple[str, ...]) -> list[Any]:
    group = truth.campaign.group
    return [
        c.end for c in truth.custody if c.party == group and c.end and set(values) & set(c.assets)
    ]


def test_every_decoy_of_the_design_is_there(truth: Truth) -> None:
    kinds = {"reused_address", "before_handover", "co_tenant", "other_group"}
    assert {d.kind for d in truth.decoys} == kinds
    assert len(truth.blind) == 3
    assert len(truth.thefts) == 1
    assert {f.kind for f in truth.flaws} >= {"retention", "wrong_date"}
    assert [m.role for m in truth.campaigns] == ["suspect", "shares_tool"]
    assert len({m.tool for m in truth.campaigns}) == 1


def test_accounts_are_sold_once_or_twice_or_through_somebody_nobody_knows(truth: Truth) -> None:
    by_account: dict[str, list[tuple[str, ...]]] = {}
    for passing in sorted(truth.transfers, key=lambda p: p.at):
        by_account.setdefault(passing.assets[1], []).extend([passing.from_names, passing.to_names])

    chains = list(by_account.values())
    assert sum(len(c) == 2 for c in chains) >= 3
    resold = [c for c in chains if len(c) == 4 and c[1] == c[2]]
    double = [c for c in chains if len(c) == 4 and c[0] == c[2]]
    assert len(resold) == len(double) == 1
    assert resold[0][1][0].startswith("unidentified holder")
    assert {c[-1] for c in (resold[0], double[0][:2])} == {(truth.campaign.group,)}


def test_a_stolen_account_is_no_transfer_and_its_owner_is_innocent(truth: Truth) -> None:
    theft = truth.thefts[0]

    assert theft.owner in truth.innocents
    assert all(set(theft.assets).isdisjoint(t.assets) for t in truth.transfers)
    assert theft.by == truth.campaign.group


def test_the_blind_organisations_are_blind_in_the_case_file(
    case: dict[str, Any], truth: Truth
) -> None:
    refused = [o["name"] for o in case["organisations"] if o.get("status") == "refused"]
    logs = {e["organisation"]: e for e in case["evidence"] if "organisation" in e}
    without_zone = [name for name, e in logs.items() if "timezone" not in e]

    assert len(refused) == len(without_zone) == 1
    assert {*refused, *without_zone} <= {b.organisation for b in truth.blind}
    assert refused[0] not in logs


def test_the_log_outside_the_period_ends_before_the_campaign(
    case_dir: Path, case: dict[str, Any], truth: Truth
) -> None:
    name = next(b.organisation for b in truth.blind if "ends long before" in b.why)
    entry = logs_of(case, name)
    stamps = [float(line.split()[0]) for line in log_lines(case_dir, entry) if b"GET" in line]

    assert entry["kind"] == "squid"
    assert stamps
    assert max(stamps) < (truth.campaign.first - timedelta(days=30)).timestamp()


def test_the_renters_reuse_details_and_innocents_bear_made_up_names(
    case_dir: Path, case: dict[str, Any], truth: Truth
) -> None:
    rows = {row["contract"]: row for row in contract_rows(case_dir, case)}
    renters = [p for p in truth.personas if p.person in {"engineer", "student"}]
    used = [rows[n] for p in renters for n in p.contracts]
    details = [re.sub(r"\W", "", r[k]) for r in used for k in ("card", "phone", "email", "postal")]
    made_up = {n for c in truth.custody if c.party in {p.name for p in renters} for n in c.names}
    namesakes = [p for p in truth.personas if p.innocent and p.name in made_up]

    assert len(used) == 7
    assert len(set(details)) < len(details)
    assert namesakes


def test_houses_take_names_in_their_own_scripts() -> None:
    seen: dict[str, list[str]] = {}
    for seed in range(4):
        made = scene(seed)
        for contract in made.contracts:
            seen.setdefault(made.provider(contract).script, []).append(contract.customer)

    assert all(name.isascii() for name in seen["latin"])
    assert any(re.search(r"[\u4e00-\u9fff]", name) for name in seen["kanji"])
    assert any(re.search(r"[\u30a0-\u30ff]", name) for name in seen["kana"])
    assert not any(re.search(r"[\u4e00-\u9fff]", name) for name in seen["kana"])


def test_card_numbers_use_a_prefix_that_no_issuer_has(case_dir: Path, case: dict[str, Any]) -> None:
    cards = {re.sub(r"\D", "", row["card"]) for row in contract_rows(case_dir, case)}

    assert len(cards) > 300
    assert all(re.fullmatch(r"9999\d{12}", card) for card in cards)


def test_addresses_are_of_blocks_set_aside_for_documents_and_tests(case_dir: Path) -> None:
    block = re.compile(
        r"10\.|192\.0\.2\.|198\.51\.100\.|203\.0\.113\.|198\.1[89]\.|"
        r"100\.(?:6[4-9]|[7-9]\d|1[01]\d|12[0-7])\."
    )
    for path in (p for p in case_dir.rglob("*") if p.suffix in {".csv", ".txt", ".log"}):
        text = path.read_bytes().decode("utf-8", "replace")
        for address in re.findall(r"(?<![\w.])\d{1,3}(?:\.\d{1,3}){3}(?![\w.])", text):
            assert block.match(address), (path.name, address)


def test_a_rotated_log_and_a_shift_jis_line_are_among_the_evidence(case_dir: Path) -> None:
    files = [p for p in (case_dir / "evidence" / "organisations").rglob("*") if p.is_file()]
    plain = [p.read_bytes() for p in files if p.suffix == ".log"]

    assert [p for p in files if p.name.endswith(".1.gz")]
    assert any("検索結果".encode("cp932") in data for data in plain)


def test_no_long_sentence_occurs_in_the_documents_of_two_seeds() -> None:
    seen: dict[str, int] = {}
    for seed in range(10):
        made = scene(seed, lying_source=True, imitator=True)
        text = "\n".join(word(made, kind)[0] for kind in kinds(made))
        for sentence in {s.strip() for s in re.split(r"(?<=[.?!\"])\s", text)}:
            if len(sentence) > 60:
                assert seen.setdefault(sentence, seed) == seed, sentence


def test_the_order_of_paragraphs_varies_with_the_seed() -> None:
    shapes = set()
    for seed in range(12):
        made = scene(seed)
        paragraphs = word(made, "statement")[0].split("\n\n")
        shapes.add(next(i for i, p in enumerate(paragraphs) if made.cast.unit in p))
    assert len(shapes) > 1


def test_more_organisations_leave_the_hosting_side_as_it_is() -> None:
    small, large = scene(5), scene(5, organisations=40)

    assert small.contracts == large.contracts
    assert small.cast == large.cast


def test_one_contract_was_paid_by_a_renter_in_his_real_name(case_dir: Path, truth: Truth) -> None:
    real = {c.names[0] for c in truth.custody if c.role == "operator"} - set(truth.innocents)
    paid = [p.read_text("utf-8") for p in case_dir.glob("evidence/providers/*/payments.csv")]
    signed = [p.read_text("utf-8") for p in case_dir.glob("evidence/providers/*/contracts.csv")]

    assert sum(name in text for name in real for text in paid) == 1
    assert not any(name in text for name in real for text in signed)


ACCEPTED = re.compile(
    r"^(.{15}) \S+ sshd.*Accepted publickey .* from (\d+\.\d+\.\d+)\..*(SHA256:.*)$"
)


def logins(case_dir: Path, case: dict[str, Any], asset: str) -> Iterator[tuple[datetime, str]]:
    """Read a machine's log-ins back: instant (UTC) and each network and key."""
    (path,) = case_dir.glob(f"evidence/providers/*/auth/{asset}.log")
    name = path.relative_to(case_dir).as_posix()
    entry = next(e for e in case["evidence"] if fnmatchcase(name, e["files"]))
    zones = {z["name"]: z["minutes"] for z in pack("words")["zones"]}
    ahead = timedelta(minutes=zones[entry["timezone"]], seconds=entry["clock_offset_seconds"])
    year, last = entry["year"], 0
    for line in path.read_text("utf-8").splitlines():
        month = datetime.strptime(f"2000 {line[:3]} +0000", "%Y %b %z").month
        year, last = year + (month < last), month
        if match := ACCEPTED.match(line):
            local = datetime.strptime(f"{year} {match[1]} +0000", "%Y %b %d %H:%M:%S %z")
            yield local - ahead, match[2]
            yield local - ahead, match[3]


def test_the_keys_and_networks_of_a_passed_account_change_at_the_hand_over(
    case_dir: Path, case: dict[str, Any], truth: Truth
) -> None:
    first: dict[str, datetime] = {}
    for passing in sorted(truth.transfers, key=lambda p: p.at):
        first.setdefault(passing.assets[0], passing.at)
    for asset, at in first.items():
        sides: dict[bool, set[str]] = {False: set(), True: set()}
        for when, trait in logins(case_dir, case, asset):
            sides[when >= at].add(trait)
        assert sides[True]
        assert not sides[False] & sides[True]


def test_a_provider_of_short_memory_leaves_its_question_open(tmp_path: Path) -> None:
    asked = replace(parameters_of(1), log_lines=3_000, retention_days=30)
    made = new_exercise(tmp_path / "case", seed=3, parameters=asked)
    truth = read_truth(truth_path(made))
    opened = {q.about for q in truth.questions if "change hands" in q.text}

    assert opened == {t.assets[1] for t in truth.transfers}


def test_a_house_that_hands_nothing_over_is_not_in_the_evidence(tmp_path: Path) -> None:
    asked = replace(parameters_of(2), log_lines=5_000, missing_provider=True)
    made = new_exercise(tmp_path / "case", seed=3, parameters=asked)
    truth = read_truth(truth_path(made))
    missing = next(f.source for f in truth.flaws if f.kind == "missing_provider")

    assert missing not in (made / "case.toml").read_text("utf-8")
    assert not (made / "evidence" / "providers" / missing).exists()
    assert any(q.reason == "its provider gave nothing" for q in truth.questions)


def test_without_payments_no_card_and_no_payer_is_in_evidence(tmp_path: Path) -> None:
    asked = replace(parameters_of(1), log_lines=3_000, no_payments=True)
    made = new_exercise(tmp_path / "case", seed=3, parameters=asked)
    truth = read_truth(truth_path(made))

    assert not list(made.rglob("payments.csv"))
    assert not any("9999" in re.sub(r"\W", "", p.read_text("utf-8")) for p in made.rglob("a*.csv"))
    assert "card =" not in (made / "case.toml").read_text("utf-8")
    assert not next(a for a in truth.answers if a.rung == "person").answerable


def test_clocks_that_are_hours_off_say_nothing_of_it_in_the_case(tmp_path: Path) -> None:
    asked = replace(parameters_of(1), log_lines=3_000)
    right = new_exercise(tmp_path / "right", seed=3, parameters=asked)
    wrong = new_exercise(tmp_path / "off", seed=3, parameters=replace(asked, clocks_off_hours=9))
    log = next(p for p in sorted(right.rglob("access.log")))
    other = wrong / log.relative_to(right)
    moved = float(other.read_text("utf-8", "replace").split()[0]) - float(
        log.read_text("utf-8", "replace").split()[0]
    )

    assert moved == pytest.approx(9 * 3600, abs=0.01)
    offsets = [re.findall("clock_offset.*", (c / "case.toml").read_text()) for c in (right, wrong)]
    assert offsets[0] == offsets[1]


def test_silence_is_a_share_of_the_organisations() -> None:
    made = scene(4, silent_share=0.5)

    assert sum(o.part == "refused" for o in made.organisations) >= 8


@pytest.mark.parametrize("switch", ["co_tenant", "reused_address", "second_group"])
def test_a_decoy_that_is_switched_off_is_not_there(switch: str) -> None:
    part = {"second_group": "other_group"}.get(switch, switch)

    assert any(o.part == part for o in scene(4).organisations)
    assert not any(o.part == part for o in scene(4, **{switch: False}).organisations)


def test_an_attack_that_fell_into_a_hole_of_a_log_is_not_in_the_truth() -> None:
    made = [o for seed in range(6) for o in scene(seed, organisations=60).organisations if o.gap]

    assert made
    for organisation in made:
        begin, end = organisation.gap or (0, 0)
        assert not any(begin <= t < end for v in organisation.traces for t in v.times)


def test_a_log_is_drawn_in_blocks_of_bounded_size_whatever_its_length() -> None:
    made = scene(4, days=(700, 720))
    organisation = next(o for o in made.organisations if o.part == "victim")
    for lines in (1_000, 50_000, 2_000_000):
        habit = _habit(made, replace(organisation, lines=lines), oddity=False)
        blocks = [
            habit.counts[first * 24 : (first + habit.block_days) * 24].sum()
            for first in range(0, organisation.days, habit.block_days)
        ]

        assert max(blocks) <= max(24_000, habit.counts.reshape(-1, 24).sum(axis=1).max())
        assert len(blocks) < 800
