"""Strikes and aggregates E01 to E06 of the seed article: one incident, and five that are none."""

import pytest

from tests.acceptance.seed import (
    EPISODES,
    HEAD,
    copy_of,
    counted,
    days,
    found,
    incidents_with,
    is_of_no_incident,
    line,
    position,
    sources,
    span,
    strikes_after,
    strikes_before,
    timeline,
    timeline_with,
)

ODESA = "i-odesa-af"
RIYADH = "lavrov-riyadh-2025-02-18"
ACCOUNTS = {
    "odesa-af",
    "odesa-mayor",
    "odesa-governor",
    "odesa-president",
    "e01-outlet",
    "e01-separate-reports",
    "e01-captions",
    "s07-kiper-district",
}
AGGREGATES = (
    "e02-drones-2025-01",
    "e03-power-system-2024",
    "e04-substations-2024-autumn",
    "e05-energy-campaign-2022",
    "e06-supply-lost",
)


@pytest.mark.parametrize("name", AGGREGATES)
def test_an_aggregate_is_a_line_and_at_no_position_in_an_incident_or_a_pair(name: str) -> None:
    assert line(name)["scope"] == "aggregate"
    assert line(name)["regions"] == ["UA"]
    assert is_of_no_incident(name)


def test_e01_all_accounts_of_odesa_are_one_incident() -> None:
    incident = timeline("incidents")[ODESA]

    assert set(incident["members"]) == ACCOUNTS
    assert incident["place"]["geonames"] == 698_740
    assert (incident["windows_disagree"], incident["imprecise"]) == (False, False)
    assert incident["targets"] == ["education", "energy", "energy_heat", "health", "residential"]
    assert incident["claimants"] == [
        "British newspaper of the article",
        "Hennadii Trukhanov",
        "Oleh Kiper",
        "Photo captions of the article",
        "Separate reports (unnamed), as cited by the article",
        "Ukrainian Air Force",
        "Volodymyr Zelensky",
    ]


def test_e01_what_the_article_adds_does_not_move_the_time_of_the_strike() -> None:
    core = span("2025-02-18T18:00:00Z", "2025-02-19T07:00:00Z")

    assert timeline("incidents", upto=len(EPISODES))[ODESA]["core"] == core
    assert timeline("incidents", upto=HEAD)[ODESA]["core"] == core
    assert line("e01-outlet")["window"] == days("2025-02-18/2025-02-19", "Europe/Kyiv")


def test_e01_the_outlets_inference_stands_beside_what_the_target_alleged() -> None:
    """Alone it would make Russia no party, neither of the outlet's line nor of an incident."""
    alone = copy_of("e01-outlet", as_="alone", incident="seed:alone")

    assert timeline("incidents")[ODESA]["parties"] == [
        {
            "party": "RUS",
            "bases": ["alleged_by_target", "inferred_by_outlet"],
            "disputed_by": [],
        }
    ]
    assert incidents_with("e01-outlet") == [ODESA]
    assert line("e01-outlet")["parties"] == []
    assert timeline_with("incidents", alone)["i-alone"]["parties"] == []


def test_e01_the_article_is_no_source_as_its_address_is_not_known() -> None:
    """Two of the three outlets carry one agency's text: a group is an owner, so both count."""
    assert sources(ODESA).independent == (
        "Metro Radio Hong Kong",
        "The Frontier Post",
        "Ukrainska Pravda",
    )
    assert sources(ODESA).unknown == 2
    assert line("e01-outlet")["articles"] == []


def test_e01_is_reported_after_two_denials() -> None:
    assert strikes_after(RIYADH)[ODESA] == "after"
    assert strikes_after("s02-lavrov-civilian-facilities")[ODESA] == "unknown"


def test_e02_the_drones_of_a_month_have_their_number_under_their_own_event() -> None:
    name = "e02-drones-2025-01"

    assert line(name)["window"] == days("2025-01", "Europe/Kyiv")
    assert line(name)["parties"] == ["RUS"]
    assert counted(name) == {("launched", "drones"): "single"}
    assert {body["scope"] for body in timeline("figures").values() if body["of"] == name} == {
        "aggregate"
    }


def test_e03_the_strikes_of_months_are_counted_anew_by_a_correction() -> None:
    name = "e03-power-system-2024"
    before = position(f"{name}/correction-1") - 1

    assert line(name, upto=before)["claimant"]["name"] == "UN monitors, as reported by the article"
    assert line(name)["claimant"]["name"] == "UN Human Rights Monitoring Mission in Ukraine"
    assert line(name)["topics"] == ["energy_generation", "energy_grid"]
    assert len(counted(name, upto=before)) == len(counted(name)) == 2
    assert counted(name).keys().isdisjoint(counted(name, upto=before))


def test_e04_the_change_of_targets_has_a_season_and_no_number() -> None:
    name = "e04-substations-2024-autumn"

    assert line(name)["window"] == days("2024-23", "Europe/Kyiv")
    assert line(name)["topics"] == ["energy_grid"]
    assert line(name)["claimant"]["name"] == "UK officials (unnamed)"
    assert counted(name) == {}


def test_e05_the_campaign_of_a_year_is_none_of_the_strikes_before_the_denial() -> None:
    """It is Russia's by its minister's own words, and still no strike that a denial answers to."""
    name = "e05-energy-campaign-2022"

    assert line(name)["window"] == days("2022", "Europe/Kyiv")
    assert line(name)["parties"] == ["RUS"]
    assert counted(name) == {}
    assert strikes_before(RIYADH) == set()


def test_e06_supply_lost_over_years_is_a_line_of_no_party_and_without_a_number() -> None:
    """Only the outlet names an author, and its grade is weak."""
    assert line("e06-supply-lost")["parties"] == []
    assert line("e06-supply-lost")["window"] == days("2022/2025-02-19~", "Europe/Kyiv")
    assert counted("e06-supply-lost") == {}
    assert "e06-supply-lost" not in found("chronology", party=("RUS",))
    assert line("e06-supply-lost")["grade"] == "weak"
