"""An exercise is what its truth says: read back here by plain searching, not by the product."""

import csv
import gzip
import re
import tomllib
from collections.abc import Iterator
from datetime import datetime, timedelta
from fnmatch import fnmatchcase
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from ashiato.core.errors import BadInput
from ashiato.exercise import Truth, new_exercise, read_truth, truth_path
from ashiato.exercise.documents import KINDS, word
from ashiato.exercise.plan import plan
from ashiato.exercise.words import pack

LINES = 6_000


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
    assert {d.kind for d in truth.decoys} == {"reused_address", "before_handover", "co_tenant"}
    assert len(truth.blind) == 3
    assert len(truth.transfers) == 3


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
    assert max(stamps) < (truth.campaign.first - timedelta(days=30)).timestamp()


def test_the_renters_reuse_a_card_across_houses_and_an_innocent_bears_a_made_up_name(
    case_dir: Path, case: dict[str, Any], truth: Truth
) -> None:
    rows = {row["contract"]: row for row in contract_rows(case_dir, case)}
    engineer = [p for p in truth.personas if p.person == "engineer"]
    cards = [re.sub(r"\D", "", rows[n]["card"]) for p in engineer for n in p.contracts]
    namesakes = [p for p in truth.personas if p.innocent and p.name in {e.name for e in engineer}]

    assert len(engineer) == 3
    assert len(set(cards)) == 2
    assert len(namesakes) == 2


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
        scene = plan(seed, organisations=20, log_lines=5_000)
        text = "\n".join(word(scene, kind) for kind in KINDS)
        for sentence in {s.strip() for s in re.split(r"(?<=[.?!\"])\s", text)}:
            if len(sentence) > 60:
                assert seen.setdefault(sentence, seed) == seed, sentence


def test_the_order_of_paragraphs_varies_with_the_seed() -> None:
    shapes = set()
    for seed in range(12):
        scene = plan(seed, organisations=20, log_lines=5_000)
        paragraphs = word(scene, "statement").split("\n\n")
        shapes.add(next(i for i, p in enumerate(paragraphs) if scene.cast.unit in p))
    assert len(shapes) > 1


def test_more_organisations_leave_the_hosting_side_as_it_is() -> None:
    small = plan(5, organisations=20, log_lines=5_000)
    large = plan(5, organisations=40, log_lines=50_000)

    assert small.contracts == large.contracts
    assert small.cast == large.cast


def test_one_contract_was_paid_by_a_renter_in_his_real_name(case_dir: Path, truth: Truth) -> None:
    real = {n for t in truth.transfers for n in t.from_names[:1]}
    paid = [p.read_text("utf-8") for p in case_dir.glob("evidence/providers/*/payments.csv")]
    signed = [p.read_text("utf-8") for p in case_dir.glob("evidence/providers/*/contracts.csv")]

    assert sum(name in text for name in real for text in paid) == 1
    assert not any(name in text for name in real for text in signed)


def test_the_keys_and_networks_of_a_passed_account_change_at_the_hand_over(
    case_dir: Path, case: dict[str, Any], truth: Truth
) -> None:
    accepted = re.compile(
        r"^(.{15}) \S+ sshd.*Accepted publickey .* from (\d+\.\d+\.\d+)\..*(SHA256:.*)$"
    )
    for passing in truth.transfers:
        (path,) = case_dir.glob(f"evidence/providers/*/auth/{passing.assets[0]}.log")
        zone = next(
            e["timezone"]
            for e in case["evidence"]
            if fnmatchcase(path.relative_to(case_dir).as_posix(), e["files"])
        )
        minutes = next(z["minutes"] for z in pack("words")["zones"] if z["name"] == zone)
        sides: dict[bool, set[str]] = {False: set(), True: set()}
        for match in filter(None, map(accepted.match, path.read_text("utf-8").splitlines())):
            local = datetime.strptime(f"{passing.at.year} {match[1]} +0000", "%Y %b %d %H:%M:%S %z")
            sides[local - timedelta(minutes=minutes) >= passing.at] |= {match[2], match[3]}
        assert sides[False]
        assert sides[True]
        assert not sides[False] & sides[True]
