"""Figures F01 to F12 of the seed article: whose they are, in what unit, and four that are none."""

import pytest

from conflict_timeline.testing import Json
from tests.acceptance.seed import (
    EPISODES,
    claims,
    copy_of,
    counted,
    found,
    occurrences,
    position,
    refusal,
    revisions,
    timeline,
    timeline_with,
    title,
    unheeded,
    with_figure,
)

ODESA = "i-odesa-af"
OUTLET = "British newspaper of the article"
SEPARATE = "Separate reports (unnamed), as cited by the article"
KIPER = "Oleh Kiper"
MONITORS = "UN monitors, as reported by the article"
MISSION = "UN Human Rights Monitoring Mission in Ukraine"


def test_f01_four_injured_are_two_claims_that_agree() -> None:
    entry = f"{ODESA}:injured:people"

    assert claims(entry, upto=len(EPISODES)) == {KIPER: {"best": 4}}
    assert claims(entry) == {KIPER: {"best": 4}, OUTLET: {"best": 4}}
    assert counted(ODESA, upto=len(EPISODES))["injured", "people"] == "single"
    assert counted(ODESA)["injured", "people"] == "consistent"


def test_f02_thousands_of_people_dispute_the_presidents_number_of_people() -> None:
    assert claims(f"{ODESA}:without_power:people") == {
        OUTLET: {"low": 2_000, "high": 9_999},
        "Volodymyr Zelensky": {"low": 160_000},
    }
    assert counted(ODESA)["without_power", "people"] == "disputed"


def test_f03_hundreds_of_homes_stand_apart_from_the_same_claimants_people() -> None:
    first = position("e01-outlet")

    assert claims(f"{ODESA}:without_power:homes", upto=first) == {OUTLET: {"low": 200, "high": 999}}
    assert counted(ODESA, upto=first)["without_power", "homes"] == "single"


def test_f04_over_500_homes_are_the_governors_until_a_correction_takes_them_away() -> None:
    """Without power is one measure: that heat and water failed too is not counted of them."""
    entry = f"{ODESA}:without_power:homes"
    before = position("odesa-governor/correction-1") - 1

    assert claims(entry, upto=before) == {KIPER: {"low": 501}}
    assert entry not in timeline("figures", upto=before + 1)
    assert KIPER not in claims(entry)
    assert {measure for measure, _ in counted(ODESA)} == {
        "injured",
        "without_power",
        "without_heat",
        "affected",
    }


def test_f05_tens_of_thousands_of_homes_dispute_the_hundreds() -> None:
    assert claims(f"{ODESA}:without_power:homes") == {
        OUTLET: {"low": 200, "high": 999},
        SEPARATE: {"low": 20_000, "high": 99_999},
    }
    assert counted(ODESA)["without_power", "homes"] == "disputed"


def test_f06_drones_of_a_month_are_one_claim_beside_no_sum_of_ours() -> None:
    assert claims("e02-drones-2025-01:launched:drones") == {
        "UK Defence Intelligence": {"best": 2_400}
    }
    assert occurrences(r"2[,.]?629\b") == []


def test_f07_power_stations_become_attacks() -> None:
    name = "e03-power-system-2024"
    before = position(f"{name}/correction-1") - 1

    assert claims(f"{name}:hit:power_stations", upto=before) == {MONITORS: {"low": 36}}
    assert claims(f"{name}:on_power_generation:attacks") == {MISSION: {"best": 36}}


def test_f08_facilities_become_strikes() -> None:
    name = "e03-power-system-2024"
    before = position(f"{name}/correction-1") - 1
    was = f"{name}:hit:distribution_and_transmission_facilities"

    assert claims(was, upto=before) == {MONITORS: {"low": 101}}
    assert [one["status"] for one in revisions("figures", was)] == ["asserted", "withdrawn"]
    assert claims(f"{name}:on_power_distribution_and_transmission:strikes") == {
        MISSION: {"low": 101}
    }


@pytest.mark.parametrize(
    ("figure", "path"),
    [
        ({"measure": "supply_lost", "unit": "share", "best": 0.33}, ".best"),
        ({"measure": "supply_lost", "best": 33}, ""),
        ({"measure": "supply_lost", "unit": "share", "as_written": "a third"}, ""),
    ],
    ids=["a part of one", "without a unit", "without a number"],
)
def test_f09_a_share_is_refused_as_a_figure(figure: Json, path: str) -> None:
    refused = refusal(with_figure("e06-supply-lost", claimant="Sources of the article", **figure))

    assert (refused.reason, refused.path) == ("invalid", f"$.data.figures[0]{path}")


def test_f09_a_third_of_the_supply_stands_in_words_alone() -> None:
    assert title("s12-sources-supply") == "Ukraine has lost a third of its power supply."
    assert counted("e06-supply-lost") == {}


@pytest.mark.parametrize(
    ("unit", "path"), [("degrees_celsius", ".best"), ("°C", ".unit")], ids=["negative", "unit"]
)
def test_f10_a_temperature_is_refused_as_a_figure(unit: str, path: str) -> None:
    number = -7 if path == ".best" else 7
    offered = with_figure(
        "odesa-governor", measure="temperature", unit=unit, best=number, claimant=KIPER
    )

    refused = refusal(offered)

    assert (refused.reason, refused.path) == ("invalid", f"$.data.figures[0]{path}")
    assert occurrences(r"temperature|°C|celsius") == []


def test_f11_a_statement_has_no_figures_and_the_approval_stays_in_its_proposition() -> None:
    offered = copy_of(
        "s21-trump-approval",
        as_="s21-with-a-figure",
        figures=[{"measure": "approval", "unit": "percent", "best": 4, "claimant": "Trump"}],
    )

    assert unheeded(offered) == ("$.data.figures",)
    assert timeline_with("figures", offered) == timeline("figures")
    assert title("s21-trump-approval") == "The President of Ukraine has an approval of 4 per cent."
    assert found("figures", q="approval") == set()


def test_f11_a_percentage_of_a_strike_would_be_taken_for_a_figure() -> None:
    """The contract bounds numbers, not what they measure: it is the coder who leaves this out."""
    offered = with_figure(
        "e06-supply-lost", measure="approval", unit="percent", best=4, claimant="Trump"
    )

    made = timeline_with("figures", offered).keys() - timeline("figures").keys()

    assert made == {"e06-supply-lost/with-a-figure:approval:percent"}


@pytest.mark.parametrize(
    ("unit", "number", "path"),
    [("percent_of_gdp", 2.5, ".best"), ("percent of GDP", 3, ".unit")],
    ids=["a broken number", "unit"],
)
def test_f12_a_goal_in_per_cent_is_refused_as_a_figure(unit: str, number: float, path: str) -> None:
    offered = with_figure(
        "e06-supply-lost", measure="defence_spending", unit=unit, best=number, claimant=OUTLET
    )

    refused = refusal(offered)

    assert (refused.reason, refused.path) == ("invalid", f"$.data.figures[0]{path}")
    assert occurrences(r"\bGDP\b|2\.5") == []
