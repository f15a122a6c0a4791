import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ashiato.case.folder import TEMPLATE
from ashiato.case.settings import read_settings
from ashiato.core.errors import BadInput
from ashiato.core.weighing import Rung

WHOLE = """
[case]
id = "orchid"
title = "Intrusions"
tlp = "GREEN"
[[questions]]
text = "Who ordered it?"
rung = "sponsor"
[[sources]]
id = "harbour-police"
name = "Harbour Police"
kind = "agency"
reliability = "B"
reason = "statutory investigator"
[[evidence]]
files = "evidence/*.txt"
source = "harbour-police"
published = "2031-04-20T09:00:00+09:00"
[[evidence]]
files = "evidence/*.csv"
timezone = "Asia/Tokyo"
mapping = "quay-contracts"
[[organisations]]
name = "Org 001"
status = "refused"
[mappings.quay-contracts]
kind = "contracts"
date_formats = ["%Y/%m/%d"]
[mappings.quay-contracts.columns]
customer = "Customer"
[policy.analytic]
tau = 0.6
n = 3
"""


def write(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "case.toml"
    path.write_text(text, "utf-8")
    return path


def fault(tmp_path: Path, text: str) -> BadInput:
    with pytest.raises(BadInput) as found:
        read_settings(write(tmp_path, text))
    return found.value


def test_every_table_of_case_toml_is_read(tmp_path: Path) -> None:
    settings = read_settings(write(tmp_path, WHOLE))

    assert settings.questions[0].rung is Rung.SPONSOR
    assert settings.sources[0].reliability == "B"
    assert settings.evidence[0].published is not None
    assert settings.evidence[0].published.hour == 0
    assert settings.mappings["quay-contracts"].columns == {"customer": "Customer"}
    assert settings.organisations[0].status == "refused"
    assert settings.policy["analytic"] == {"tau": 0.6, "n": 3.0}


def test_a_new_case_s_template_is_valid(tmp_path: Path) -> None:
    assert read_settings(write(tmp_path, TEMPLATE.format(id="quay"))).id == "quay"


def test_the_template_s_commented_examples_are_valid_too(tmp_path: Path) -> None:
    lines = TEMPLATE.format(id="quay").splitlines()
    bare = [x[2:] if x.startswith(("# [", "# id", "# na", "# ki", "# re", "# fi", "# so", "# pu",
                                   "# or", "# ti")) else x for x in lines]  # fmt: skip

    settings = read_settings(write(tmp_path, "\n".join(bare)))

    assert [rule.files for rule in settings.evidence] == [
        "evidence/statements/*.txt",
        "evidence/logs/org-001/*",
    ]


def test_an_unknown_key_names_its_place_and_the_nearest_known_one(tmp_path: Path) -> None:
    error = fault(
        tmp_path, '[case]\nid = "a"\ntitle = "b"\n[[evidence]]\nfiles = "x"\ntimezon = "UTC"'
    )

    assert error.place == "evidence[1].timezon"
    assert "'timezone'" in error.remedy


@pytest.mark.parametrize(
    ("line", "place"),
    [
        ('[[evidence]]\nfiles = "x"\ntimezone = "Mars/Olympus"', "evidence[1].timezone"),
        ('[[evidence]]\nfiles = "x"\nknown_from = "2031-04-20T09:00:00"', "evidence[1].known_from"),
        ('[[evidence]]\nfiles = "x"\nsource = "nobody"', "evidence[1].source"),
        ('[[evidence]]\nfiles = "x"\nkind = "squit"', "evidence[1].kind"),
        ('[[evidence]]\nfiles = "x"\nyear = "2030"', "evidence[1].year"),
        ('[[sources]]\nid = "a"\nreliability = "G"', "sources[1].reliability"),
        ('[[questions]]\ntext = "?"\nrung = "moon"', "questions[1].rung"),
        ("[policy.analytic]\ntau = 1.5", "policy.analytic.tau"),
        ("[policy.public]\nfloor = -0.2", "policy.public.floor"),
        ("[policy.referral]\neps = nan", "policy.referral.eps"),
        (
            '[[sources]]\nid = "a"\nreliability = "A"\n[[sources]]\nid = "a"\nreliability = "E"',
            "sources[2].id",
        ),
        ("[mappings.a]\nkind = 'contracts'", "mappings.a.columns"),
        ("[mappings.a]\nkind = 'dns'\ncolumns = {domain = 'd'}", "mappings.a.columns"),
        ("[mappings.a]\nkind = 'dns'\ncolumns = {ts = 't', domian = 'd'}", "mappings.a.columns"),
        ("sources = 3", "case.toml.sources"),
    ],
)
def test_a_wrong_value_is_an_error_at_its_place(tmp_path: Path, line: str, place: str) -> None:
    head = line if line.startswith("sources =") else ""
    tail = "" if head else line

    error = fault(tmp_path, f'{head}\n[case]\nid = "a"\ntitle = "b"\n{tail}')

    assert error.place == place
    assert error.remedy


@pytest.mark.parametrize("text", ["", "[case]\n", "not toml at all", '[case]\nid = "a"', "\x00"])
def test_what_is_no_case_is_refused_with_exit_code_two(tmp_path: Path, text: str) -> None:
    assert fault(tmp_path, text).exit_code == 2


@given(text=st.text(max_size=80))
def test_no_text_makes_the_reader_crash(
    tmp_path_factory: pytest.TempPathFactory, text: str
) -> None:
    path = tmp_path_factory.mktemp("any") / "case.toml"
    path.write_bytes(b'[case]\nid = "a"\ntitle = "b"\n' + text.encode("utf-8", "surrogatepass"))
    try:
        read_settings(path)
    except BadInput as error:
        assert error.path  # noqa: PT017 - any other outcome than a reading is this error


def test_a_repair_that_nobody_knows_is_refused_with_the_names(tmp_path: Path) -> None:
    path = tmp_path / "case.toml"
    path.write_text(WHOLE.replace("published = ", 'repairs_off = ["zero"]\npublished = '))

    with pytest.raises(BadInput, match="zero"):
        read_settings(path)


def test_the_mapping_that_the_page_shows_is_one(tmp_path: Path) -> None:
    page = Path(__file__).parents[2] / "docs" / "case.md"
    (shown,) = re.findall(r"```toml\n(.*?)```", page.read_text("utf-8"), re.DOTALL)
    path = tmp_path / "case.toml"
    path.write_text(f'[case]\nid = "a"\ntitle = "b"\n{shown}', "utf-8")
    mapping = read_settings(path).mappings["harbour-proxy"]

    assert (mapping.kind, mapping.is_log, mapping.columns["ts"]) == ("proxy", True, "日時")
