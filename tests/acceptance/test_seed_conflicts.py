"""Conflicts and slips C01 to C23 of the seed article: kept side by side, corrected, or left out.

Where the product shows less than it might, the test says what it does today.
"""

from conflict_events.place import Place
from conflict_timeline.testing import correction_of, statement
from tests.acceptance.seed import (
    KEYS,
    claims,
    copy_of,
    counted,
    days,
    event,
    ever_counted,
    found,
    incidents_with,
    line,
    occurrences,
    position,
    quotes,
    refusal,
    revisions,
    span,
    timeline,
    timeline_with,
    title,
    told,
    unheeded,
    view,
)

ODESA = "i-odesa-af"
SUMY = "i-sumy-iskander"
RIYADH = "lavrov-riyadh-2025-02-18"
CIVILIAN = "s02-lavrov-civilian-facilities"
OUTLET = "British newspaper of the article"
KIPER = "Oleh Kiper"
TRUKHANOV = "Hennadii Trukhanov"
GRID = "e03-power-system-2024"


def test_c01_five_scales_of_one_blackout_are_claims_apart_by_unit() -> None:
    scales = {unit: how for (measure, unit), how in counted(ODESA).items() if "power" in measure}

    assert scales == {"people": "disputed", "homes": "disputed", "buildings": "single"}
    assert claims(f"{ODESA}:without_power:people") == {
        OUTLET: {"low": 2_000, "high": 9_999},
        "Volodymyr Zelensky": {"low": 160_000},
    }
    assert claims(f"{ODESA}:without_power:homes") == {
        OUTLET: {"low": 200, "high": 999},
        "Separate reports (unnamed), as cited by the article": {"low": 20_000, "high": 99_999},
    }
    assert claims(f"{ODESA}:without_power:buildings") == {TRUKHANOV: {"best": 500}}


def test_c01_no_scale_is_summed_converted_or_the_best() -> None:
    """A body has its claims and whether they agree; who lives in a district is nobody's outage."""
    bodies = [body for body in timeline("figures").values() if body["of"] == ODESA]

    assert {name for body in bodies for name in body} == {
        "of",
        "measure",
        "unit",
        "agreement",
        "claims",
        "scope",
        "core",
        "place",
    }
    assert occurrences("250,?000") == []


def test_c02_homes_are_claimed_withdrawn_by_a_correction_and_claimed_by_others() -> None:
    entry = f"{ODESA}:without_power:homes"

    assert [(one["position"], one["status"]) for one in revisions("figures", entry)] == [
        (position("odesa-governor"), "asserted"),
        (position("odesa-governor/correction-1"), "withdrawn"),
        (position("e01-outlet"), "asserted"),
        (position("e01-separate-reports"), "asserted"),
    ]
    assert revisions("figures", entry)[1]["because"] == [
        "odesa-governor/correction-1",
        "odesa-governor",
    ]
    assert claims(f"{ODESA}:without_power:buildings") == {TRUKHANOV: {"best": 500}}


def test_c03_the_number_of_500_is_the_governors_before_and_the_mayors_alone_after() -> None:
    corrected = position("odesa-governor/correction-1")
    homes, buildings = (f"{ODESA}:without_power:{unit}" for unit in ("homes", "buildings"))

    before = claims(homes, upto=corrected - 1) | claims(buildings, upto=corrected - 1)

    assert before == {KIPER: {"low": 501}, TRUKHANOV: {"best": 500}}
    assert homes not in timeline("figures", upto=corrected)
    assert claims(buildings, upto=corrected) == {TRUKHANOV: {"best": 500}}


def test_c04_an_incident_holds_both_weapons_and_a_line_that_one_is_contested() -> None:
    before = position("e01-outlet") - 1

    assert timeline("incidents", upto=before)[ODESA]["weapons"] == ["one_way_drone"]
    assert timeline("incidents")[ODESA]["weapons"] == ["missile", "one_way_drone"]
    assert line("e01-outlet")["weapons"] == [{"family": "missile", "status": "contested"}]
    assert "contested" not in str(timeline("incidents")[ODESA])


def test_c04_the_two_missiles_of_that_night_are_another_incident() -> None:
    missiles = timeline("incidents")[SUMY]

    assert missiles["weapons"] == ["ballistic_missile"]
    assert missiles["core"] == timeline("incidents")[ODESA]["core"]
    assert claims(f"{SUMY}:launched:missiles") == {"Ukrainian Air Force": {"best": 2}}
    assert ("launched", "missiles") not in counted(ODESA)


def test_c05_a_place_goes_by_its_gazetteer_id_and_has_no_rank() -> None:
    ranked = copy_of("e01-outlet", as_="ranked", place={"geonames": 698_740, "rank": 2})

    assert unheeded(ranked) == ("$.data.place.rank",)
    assert timeline_with("chronology", ranked)["ranked"]["place"] == {"geonames": 698_740}
    assert "rank" not in Place.__struct_fields__
    assert occurrences("(second|third)[ -](largest |biggest )?city") == []


def test_c06_a_district_is_shown_as_written_beside_the_city_it_was_resolved_to() -> None:
    """The city stands for it: a place has no parent, and an incident shows its founder's place."""
    assert line("s07-kiper-district")["place"] == {
        "as_written": "Kyiv district of Odessa",
        "name": "Odesa",
        "country": "UA",
        "admin1": "UA-51",
        "geonames": 698_740,
        "where_prec": 1,
    }
    assert found("chronology", q="kyiv district", region=("UA-51",)) == {"s07-kiper-district"}
    assert "s07-kiper-district" not in found("chronology", region=("UA-30", "UA-32"))
    assert "district" not in str(timeline("incidents")[ODESA]["place"])


def test_c07_two_spellings_are_one_place_and_a_search_finds_only_what_it_spells() -> None:
    """No aliases are known: in the old spelling only its own lines are found, and no incident."""
    before = position("odesa-governor/correction-1") - 1
    written = line("odesa-governor", upto=before)["place"]

    assert (written["as_written"], written["name"], written["where_prec"]) == ("Odessa", "Odesa", 1)
    assert found("chronology", q="ODESSA") == {"s07-kiper-district"}
    assert found("incidents", q="odessa") == set()
    assert found("incidents", q="odesa") == {ODESA}
    assert incidents_with("s07-kiper-district") == incidents_with("odesa-governor") == [ODESA]


def test_c08_the_wordings_stand_in_the_original_first_each_with_its_source() -> None:
    """A cut quotation is one that is not marked complete; all of these are cut."""
    shown = line(RIYADH)["quotes"]

    assert [(quote["lang"], quote.get("translator")) for quote in shown] == [
        ("ru", None),
        ("en", "TASS"),
        ("en", None),
    ]
    assert shown[0]["source"] == "https://smotrim.ru/article/4366011"
    assert "энергоснабжения населения" in shown[0]["text"]
    assert not any("complete" in quote for quote in shown)


def test_c08_quotations_stay_in_the_order_in_which_they_were_reported() -> None:
    """Nothing says which language is the original: it is first because the event has it first."""
    said = event(RIYADH)
    turned = correction_of(said, quotes=said["data"]["quotes"][::-1])

    shown = timeline_with("chronology", turned)[RIYADH]["quotes"]

    assert [quote["lang"] for quote in shown] == ["en", "en", "ru"]


def test_c09_two_propositions_were_said_and_the_third_is_nowhere() -> None:
    denials = found("chronology", speaker=("Q58217",), act=("deny",))

    assert denials == {RIYADH, CIVILIAN}
    assert title(RIYADH).startswith("Russia never endangered the energy supply")
    assert title(CIVILIAN) == "Russia does not attack civilian facilities."
    assert line(RIYADH)["topics"] == ["energy"]
    assert line(CIVILIAN)["topics"] == ["civilian"]
    assert occurrences("(never|not) (hit|hits|attacked) civilian") == []


def test_c10_the_act_goes_by_its_source_and_nobody_demanded() -> None:
    assert told("s24-us-request")[2:] == ("request", ["RUS"])
    assert told("s02-lavrov-us-proposal")[2:] == ("report", ["USA"])
    assert found("chronology", act=("demand",)) == {"s20-healey-end-attack"}
    assert found("chronology", speaker=("Q58217",), act=("reject",), topic=("energy",)) == set()


def test_c11_both_anchors_lead_to_one_month_beside_their_words() -> None:
    name = "e02-drones-2025-01"

    assert line(name)["window"] == days("2025-01", "Europe/Kyiv")
    assert line(name)["as_written"] == "In Jan 2025 … last month"
    assert line(name)["edtf"] == "2025-01"


def test_c12_a_correction_restates_the_unit_and_the_former_one_stays_readable() -> None:
    corrected = position(f"{GRID}/correction-1")

    assert counted(GRID, upto=corrected - 1) == {
        ("hit", "power_stations"): "single",
        ("hit", "distribution_and_transmission_facilities"): "single",
    }
    assert counted(GRID, upto=corrected) == {
        ("on_power_generation", "attacks"): "single",
        ("on_power_distribution_and_transmission", "strikes"): "single",
    }
    assert "over 100 power" in title("s14-un-facilities", upto=corrected)
    assert "at least 101 strikes" in title("s14-un-facilities")


def test_c13_months_without_a_year_become_days_beside_their_words() -> None:
    before = position(f"{GRID}/correction-1") - 1

    assert line(GRID, upto=before)["window"] == days("2024-03/2024-08", "Europe/Kyiv")
    assert line(GRID)["window"] == days("2024-03-22/2024-08-31", "Europe/Kyiv")
    assert line(GRID, upto=before)["as_written"] == "six months to August"
    assert line(GRID)["edtf"] == "2024-03-22/2024-08-31"
    assert set(line(GRID)["window"]) == {"earliest", "latest"}


def test_c14_a_year_is_refined_to_a_day_and_the_gap_of_the_reversal_with_it() -> None:
    entry = f"lavrov-2022-12-01:{RIYADH}"
    before = position("lavrov-2022-12-01/correction-1") - 1

    as_of, now = timeline("reversals", upto=before)[entry], timeline("reversals")[entry]

    assert as_of["earlier_words"]["said"] == days("2022", "Europe/Moscow")
    assert now["earlier_words"]["said"] == days("2022-12-01", "Europe/Moscow")
    assert (as_of["gap_min_s"], as_of["gap_max_s"]) == (67_316_400, 98_904_300)
    assert (now["gap_min_s"], now["gap_max_s"]) == (69_908_400, 70_046_700)
    assert line("s11-lavrov-plants", upto=position("s11-lavrov-plants"))["window"] == days(
        "2022", "Europe/Moscow"
    )
    assert line("s11-lavrov-plants")["window"] == days("2022-12-01", "Europe/Moscow")


def test_c15_the_lag_is_a_range_and_the_order_is_known_only_where_windows_tell() -> None:
    """From 3 h 35 min to 31 h after the denial of Riyadh; of the other only the day is known."""
    hour = timeline("pairings")[f"{RIYADH}:{ODESA}"]
    day = timeline("pairings")[f"{CIVILIAN}:{ODESA}"]

    assert (hour["order"], hour["lag_min_s"], hour["lag_max_s"]) == ("after", 12_900, 111_600)
    assert hour["windows"] == {
        "24h": "possible",
        "72h": "definite",
        "7d": "definite",
        "30d": "definite",
    }
    assert (day["order"], day["lag_min_s"], day["lag_max_s"]) == ("unknown", 0, 122_400)
    assert set(day["windows"].values()) == {"possible"}


def test_c15_what_came_in_an_unknown_order_is_not_counted_as_definite() -> None:
    observed = view().base_rate(KEYS[CIVILIAN]).windows

    assert (observed["7d"].observed_definite, observed["7d"].observed_possible) == (0, 1)
    assert (observed["30d"].observed_definite, observed["30d"].observed_possible) == (1, 1)


def test_c16_each_of_the_two_articles_has_an_anchor_of_its_own() -> None:
    yesterday, last_night = line("s25-us-teams")["window"], line("s31-scholz-premature")["window"]

    assert yesterday == span("2025-02-17T21:00:00Z", "2025-02-19T05:00:00Z")
    assert last_night == days("2025-02-17", "Europe/Paris")


def test_c16_the_two_articles_are_told_apart_only_by_the_words_about_a_quotation() -> None:
    """Neither has a known address, so no article is recorded and none is cited for them."""
    first, second = (
        line(name)["quotes"][0]["source"] for name in ("s25-us-teams", "s31-scholz-premature")
    )

    assert first.startswith("A British newspaper article of about 19 February 2025")
    assert second.startswith("A second British article of about 18 February 2025")
    assert line("s25-us-teams")["articles"] == line("s31-scholz-premature")["articles"] == []


def test_c17_captions_are_one_claimant_and_no_text_of_an_article_is_shown() -> None:
    text = copy_of("article-frontierpost-odesa", as_="with-its-text", text="PhotoAgencyThe caption")

    assert line("e01-captions")["claimant"]["name"] == "Photo captions of the article"
    assert line("e01-captions")["grade"] == "weak"
    assert unheeded(text) == ("$.data.text",)
    assert "PhotoAgency" not in str(timeline_with("chronology", text))
    assert "PhotoAgency" not in str(timeline_with("coverage", text))


def test_c18_a_sentence_that_is_quoted_twice_is_one_quotation_of_one_line() -> None:
    words = "only the US that can provide the deterrence to Putin"

    assert quotes("s20-healey-deterrence") == [("en", words)]
    assert found("chronology", q=words) == {"s20-healey-deterrence"}


def test_c18_the_same_words_under_another_id_would_be_another_line() -> None:
    """An event is known by its source and id; quotations are not compared."""
    twice = copy_of("s20-healey-deterrence", as_="s20-healey-again")

    names = found("chronology", more=[twice], q="provide the deterrence")

    assert names == {"s20-healey-deterrence", "s20-healey-again"}


def test_c19_what_unnamed_surveys_suggest_is_nowhere() -> None:
    assert occurrences("survey|popular|poll(s|ing)?\\b") == []
    assert {unit for _, unit in ever_counted()} == {
        "attacks",
        "buildings",
        "distribution_and_transmission_facilities",
        "drones",
        "homes",
        "hospitals",
        "kindergartens",
        "missiles",
        "people",
        "power_stations",
        "schools",
        "strikes",
    }


def test_c20_loaded_words_of_the_outlet_are_in_no_body() -> None:
    assert occurrences(r"shameless|two fingers|\blied\b|\blies\b|\blying\b|parrot|stagger") == []


def test_c20_loaded_words_in_a_proposition_would_not_be_refused() -> None:
    """Only those who code keep them out. Headlines of recorded articles are shown as they are."""
    loaded = copy_of("s24-us-request", as_="loaded", proposition="Russia shamelessly refused.")

    assert unheeded(loaded) == ()
    assert timeline_with("chronology", loaded)["loaded"]["title"] == "Russia shamelessly refused."
    assert line("article-unn-gas-2025-02-20")["title"].startswith("Russia has dealt a massive blow")


def test_c21_a_slip_is_kept_as_written_and_a_search_looks_past_case_and_blanks() -> None:
    """It looks past no slip."""
    slip = "the chilldren\N{RIGHT SINGLE QUOTATION MARK}s clinic"
    said = statement("2025-02-19", id="slip", quotes=[{"lang": "en", "text": slip}])

    assert timeline_with("chronology", said)["slip"]["quotes"][0]["text"] == slip
    assert found("chronology", more=[said], q="CHILLDREN  Clinic") == {"slip"}
    assert found("chronology", more=[said], q="children") == set()
    assert found("chronology", more=[said], q="chilldren's") == {"slip"}
    assert occurrences("trump has says|survey.s|chilldren") == []


def test_c22_hospital_and_clinic_are_one_word_of_the_taxonomy_and_no_target_has_a_status() -> None:
    asked = [{"target": "health", "status": "contested"}]

    refused = refusal(copy_of("e01-captions", as_="contested", targets=asked))

    assert (refused.reason, refused.path) == ("invalid", "$.data.targets[0]")
    assert line("e01-captions")["topics"] == ["education", "health"]
    assert line("odesa-governor")["topics"] == ["education", "health", "residential"]
    assert timeline("incidents")[ODESA]["targets"].count("health") == 1
    assert "hospital" not in str(timeline("incidents")[ODESA])


def test_c23_a_share_without_a_baseline_is_words_and_an_aggregate_without_figures() -> None:
    """There is no flag for what is unsupported; one that is sent is heeded by no timeline."""
    flagged = copy_of("e06-supply-lost", as_="flagged", quality="unsupported")

    assert told("s12-sources-supply").party is None
    assert counted("e06-supply-lost") == {}
    assert {unit for _, unit in ever_counted()}.isdisjoint({"share", "percent"})
    assert unheeded(flagged) == ("$.data.quality",)
    assert "unsupported" not in str(timeline_with("chronology", flagged))
