"""Statements S01 to S34 of the seed article: the line that each makes, and what is paired with it.

Three sentences hold throughout: a proposition is a line of its own, nobody unnamed gets a name, and
words are paired with strikes only where the rules say so.
"""

from conflict_timeline.testing import Json, correction_of
from tests.acceptance.seed import (
    KEYS,
    Told,
    days,
    event,
    found,
    incidents_with,
    line,
    occurrences,
    paired,
    position,
    quotes,
    span,
    strikes_after,
    strikes_before,
    timeline,
    timeline_with,
    title,
    told,
    view,
)

LAVROV = "Sergei Lavrov"
RIYADH = "lavrov-riyadh-2025-02-18"
ODESA = "i-odesa-af"
IN_RIYADH = days("2025-02-18", "Asia/Riyadh")
IN_LVIV = days("2025-02-16~/2025-02-18~", "Europe/Kyiv")


def unnamed(name: str) -> bool:
    """Whether the speaker of a statement has neither a name nor an id."""
    speaker = line(name)["speaker"]
    return "(unnamed)" in speaker["name"] and "id" not in speaker


# Who spoke of the strike, and of energy


def test_s01_the_denial_is_one_line_with_its_quotations_in_russian_first() -> None:
    assert told(RIYADH) == Told(LAVROV, "RUS", "deny", ["RUS"])
    assert line(RIYADH)["window"] == span("2025-02-18T00:00:00Z", "2025-02-18T14:25:00Z")
    assert [lang for lang, _ in quotes(RIYADH)] == ["ru", "en", "en"]
    assert ("en", "never threatened systems supplying power to civilians") in quotes(RIYADH)


def test_s01_the_denial_is_paired_with_what_was_reported_after_it() -> None:
    """No strike of that side was recorded before it: only such strikes would bear on its truth."""
    assert strikes_after(RIYADH) == {
        ODESA: "after",
        "i-gas-2025-02-20": "after",
        "i-sloviansk-2025-03-18": "after",
        "i-dnipro-rail-power-2025-03-19": "after",
    }
    assert found("chronology", party=("RUS",), act=("deny",), topic=("energy",)) == {RIYADH}


def test_s01_with_so_little_recorded_the_denial_has_no_base_rate() -> None:
    rate = view().base_rate(KEYS[RIYADH])

    assert rate.reason == "too_little_data"
    assert rate.windows["24h"].share_high is None
    assert (rate.windows["72h"].observed_definite, rate.windows["72h"].observed_possible) == (2, 0)
    assert strikes_before(RIYADH) == set()


def test_s02_the_proposal_is_told_and_the_denial_is_paired() -> None:
    """Two propositions. The day is all that is known, so Odesa came in an unknown order."""
    proposal, denial = "s02-lavrov-us-proposal", "s02-lavrov-civilian-facilities"

    assert told(proposal) == Told(LAVROV, "RUS", "report", ["USA"])
    assert told(denial) == Told(LAVROV, "RUS", "deny", ["RUS"])
    assert line(denial)["window"] == IN_RIYADH
    assert quotes(denial) == [("en", "it does not attack civilian facilities")]
    assert strikes_after(proposal) == {}
    assert strikes_after(denial) == {ODESA: "unknown", "i-sumy-hospitals-2025-03-19": "after"}


def test_s03_no_timeline_shows_a_rejection_that_only_the_outlet_read() -> None:
    rejected = found("chronology", speaker=("Lavrov",), act=("reject",))

    assert rejected == {"s16-lavrov-peacekeepers"}
    assert found("chronology", party=("RUS",), act=("reject",), topic=("energy",)) == set()
    assert occurrences("contempt") == []


def test_s04_no_timeline_shows_words_that_nobody_said() -> None:
    """Neither a speaker called Moscow, nor a third denial beside the two that were quoted."""
    assert found("chronology", speaker=("Moscow",)) == set()
    assert found("chronology", party=("RUS",), act=("deny",)) == {
        RIYADH,
        "s02-lavrov-civilian-facilities",
    }
    assert occurrences("civilian targets?") == []


def test_s05_the_governors_damage_report_is_an_account_of_the_strike() -> None:
    """It makes no statement. Supplies that failed are no targets: water is none."""
    account = line("odesa-governor")

    assert (account["kind"], account["claimant"]["name"]) == ("strike", "Oleh Kiper")
    assert incidents_with("odesa-governor") == [ODESA]
    assert "water" not in timeline("incidents")[ODESA]["targets"]
    assert found("chronology", speaker=("Kiper",)) == {
        "s07-kiper-power-cuts",
        "s07-kiper-generators",
    }


def test_s06_the_governors_accusation_is_the_basis_of_the_attribution() -> None:
    """It makes no statement, and the words quoted of him are shown nowhere."""
    first = timeline("incidents", upto=position("odesa-governor"))[ODESA]

    assert first["parties"] == [{"party": "RUS", "bases": ["alleged_by_target"], "disputed_by": []}]
    assert "Oleh Kiper" in first["claimants"]
    assert line("odesa-governor")["parties"] == ["RUS"]
    (attribution,) = line("odesa-governor")["attribution"]
    assert (attribution["party"], attribution["by"]) == ("RUS", "Oleh Kiper")
    assert found("chronology", speaker=("Kiper",), act=("accuse",)) == set()
    assert occurrences("massively") == []


def test_s07_two_lines_tell_how_things_stand_and_one_of_the_district_that_was_struck() -> None:
    cuts, generators = "s07-kiper-power-cuts", "s07-kiper-generators"

    assert told(cuts) == told(generators) == Told("Oleh Kiper", "UKR", "report", [])
    assert line(cuts)["regions"] == line(generators)["regions"] == ["UA-51"]
    assert quotes(cuts) == []
    assert quotes(generators) == [("en", "Critical infrastructure is operating using generators")]
    assert incidents_with("s07-kiper-district") == [ODESA]
    assert line("s07-kiper-district")["topics"] == ["energy_heat"]
    assert not paired(cuts, generators)


def test_s08_an_unnamed_source_blames_words_and_judges_a_government() -> None:
    words, harm = "s08-uk-source-words", "s08-uk-source-harm"

    assert told(words)[1:] == ("GBR", "accuse", ["RUS"])
    assert told(harm)[1:] == ("GBR", "condemn", ["RUS"])
    assert unnamed(words)
    assert unnamed(harm)
    assert quotes(words) == [("en", "More nonsense")]
    assert not paired(words, harm)


def test_s09_who_is_not_in_office_speaks_for_no_party() -> None:
    assert told("s09-dannatt-trust") == Told("Richard Dannatt", None, "condemn", ["RUS"])
    assert line("s09-dannatt-trust")["parties"] == ["RUS"]
    assert found("chronology", party=("GBR",), speaker=("Dannatt",)) == {"s29-dannatt-forces"}
    assert not paired("s09-dannatt-trust")


def test_s10_the_admission_is_dated_by_its_year_and_later_by_its_day() -> None:
    before = position("lavrov-2022-12-01/correction-1") - 1

    assert told("lavrov-2022-12-01", upto=before) == Told(LAVROV, "RUS", "admit", ["RUS"])
    assert line("lavrov-2022-12-01", upto=before)["window"] == days("2022", "Europe/Moscow")
    assert line("lavrov-2022-12-01")["window"] == days("2022-12-01", "Europe/Moscow")
    assert quotes("lavrov-2022-12-01", upto=before) == [("en", "knock out energy facilities")]
    assert [lang for lang, _ in quotes("lavrov-2022-12-01")] == ["ru", "en"]
    assert not paired("lavrov-2022-12-01")


def test_s10_the_admission_of_2022_is_reversed_by_the_denial_of_2025() -> None:
    reversal = timeline("reversals")[f"lavrov-2022-12-01:{RIYADH}"]

    assert (reversal["earlier_words"]["act"], reversal["later_words"]["act"]) == ("admit", "deny")
    assert (reversal["order"], reversal["topics"], reversal["parties"]) == (
        "after",
        ["energy"],
        ["RUS"],
    )
    assert (reversal["gap_min_s"], reversal["gap_max_s"]) == (69_908_400, 70_046_700)


def test_s11_the_justification_is_a_proposition_of_its_own_and_reversed_too() -> None:
    assert told("s11-lavrov-plants") == Told(LAVROV, "RUS", "justify", ["RUS"])
    assert line("s11-lavrov-plants")["topics"] == ["energy", "military"]
    assert quotes("s11-lavrov-plants") == [
        ("en", "the combat capability of the Ukrainian armed forces")
    ]
    assert timeline("reversals").keys() == {
        f"lavrov-2022-12-01:{RIYADH}",
        f"s11-lavrov-plants:{RIYADH}",
    }


def test_s12_unnamed_sources_speak_for_no_party_and_for_most_of_two_months() -> None:
    assert unnamed("s12-sources-supply")
    assert told("s12-sources-supply")[1:] == (None, "report", [])
    assert line("s12-sources-supply")["parties"] == []
    assert line("s12-sources-supply")["window"] == days("2025/2025-02-19~", "Europe/London")
    assert not paired("s12-sources-supply")


def test_s13_what_the_drones_were_aimed_at_is_told_apart_from_how_many_they_were() -> None:
    name = "s13-uk-intelligence-drones"

    assert told(name) == Told("UK Defence Intelligence", "GBR", "report", ["RUS"])
    assert "2,400" not in title(name)
    assert quotes(name) == [("en", "primarily targeted energy infrastructure")]
    assert line("e02-drones-2025-01")["claimant"]["name"] == "UK Defence Intelligence"
    assert not paired(name)


def test_s14_the_finding_is_told_as_the_article_has_it_and_later_as_the_mission_does() -> None:
    name = "s14-un-facilities"
    before = position(f"{name}/correction-1") - 1

    assert told(name, upto=before).speaker == "UN monitors"
    assert "over 100 power distribution" in title(name, upto=before)
    assert told(name) == Told(
        "UN Human Rights Monitoring Mission in Ukraine", "un", "report", ["RUS"]
    )
    assert "at least 101 strikes" in title(name)
    assert line(name)["window"] == days("2024-09-19", "Europe/Kyiv")
    assert not paired(name)


def test_s15_officials_report_a_change_of_targets_on_a_day_nobody_gives() -> None:
    name = "s15-uk-officials-substations"

    assert unnamed(name)
    assert told(name)[1:] == ("GBR", "report", ["RUS"])
    assert line(name)["window"] == days("2024-23/2025-02-19~", "Europe/London")
    assert not paired(name)


# Who spoke of troops, guarantees and talks


def test_s16_the_refusal_of_peacekeepers_is_about_those_who_would_send_them() -> None:
    assert told("s16-lavrov-peacekeepers") == Told(LAVROV, "RUS", "reject", ["GBR", "nato"])
    assert line("s16-lavrov-peacekeepers")["window"] == IN_RIYADH
    assert quotes("s16-lavrov-peacekeepers") == []
    assert not paired("s16-lavrov-peacekeepers")


def test_s17_the_delegation_is_another_speaker_than_the_minister() -> None:
    name = "s17-delegation-nato-troops"

    assert told(name) == Told("Russian delegation in Riyadh", "RUS", "reject", ["nato"])
    assert name not in found("chronology", speaker=("Q58217",))
    assert quotes(name) == [("en", "appearance of Nato troops in Ukraine is unacceptable")]
    assert not paired(name)


def test_s18_the_offer_of_troops_is_a_promise_of_about_one_day() -> None:
    assert told("s18-starmer-troops") == Told("Keir Starmer", "GBR", "promise", [])
    assert line("s18-starmer-troops")["window"] == days("2025-02-16~", "Europe/London")
    assert not paired("s18-starmer-troops")


def test_s19_the_wish_for_a_backstop_is_a_request_to_the_united_states() -> None:
    assert told("s19-starmer-backstop") == Told("Keir Starmer", "GBR", "request", ["USA"])
    assert quotes("s19-starmer-backstop") == [("en", "backstop")]
    assert not paired("s19-starmer-backstop")


def test_s20_three_propositions_are_three_lines_and_the_demand_is_paired_with_no_strike() -> None:
    """An attack as a whole is topic `other`: no strike hits that."""
    assert {name: told(name)[2:] for name in found("chronology", speaker=("Healey",))} == {
        "s20-healey-deterrence": ("report", ["USA"]),
        "s20-healey-guarantee": ("request", ["USA"]),
        "s20-healey-end-attack": ("demand", ["RUS"]),
    }
    assert line("s20-healey-end-attack")["topics"] == ["other"]
    assert not paired(*found("chronology", speaker=("Healey",)))


def test_s21_two_claims_are_two_lines_and_neither_is_judged() -> None:
    assert told("s21-trump-war-origin") == Told("Donald Trump", "USA", "accuse", ["UKR"])
    assert told("s21-trump-approval") == Told("Donald Trump", "USA", "report", ["UKR"])
    assert title("s21-trump-war-origin") == "Ukraine started the war."
    assert not paired("s21-trump-war-origin", "s21-trump-approval")


def test_s22_the_refusal_of_an_ultimatum_is_about_the_speakers_own_side() -> None:
    name = "s22-zelensky-no-ultimatum"

    assert told(name) == Told("Volodymyr Zelensky", "UKR", "reject", [])
    assert line(name)["parties"] == ["UKR"]
    assert line(name)["window"] == days("2025-02-18", "Europe/Istanbul")
    assert not paired(name)


def test_s23_what_repeats_an_earlier_proposition_makes_no_line_of_its_own() -> None:
    refusals = found("chronology", speaker=("Zelensky",), act=("reject",))

    assert refusals == {"s22-zelensky-no-ultimatum"}
    assert told("s23-zelensky-ultimatum-prepared")[2:] == ("accuse", ["RUS", "USA"])
    assert told("s23-zelensky-2022")[2:] == ("report", [])
    assert quotes("s23-zelensky-ultimatum-prepared") == [
        ("en", "talking about Ukraine without Ukraine")
    ]
    assert not paired("s23-zelensky-ultimatum-prepared", "s23-zelensky-2022")


def test_s24_a_request_about_power_stations_is_paired_with_no_strike_on_energy_at_large() -> None:
    assert told("s24-us-request") == Told("US delegation in Riyadh", "USA", "request", ["RUS"])
    assert line("s24-us-request")["topics"] == ["energy_generation"]
    assert strikes_after("s24-us-request") == {}


def test_s24_a_request_that_names_nobody_is_never_paired() -> None:
    """Were it about energy at large it would be paired for 7 days, and only as it names Russia.

    Without `about` it is not even about its speaker, here one whose side struck.
    """
    request = event("s24-us-request")
    wider = correction_of(request, topics=["energy"])
    russian = {"name": "Russian delegation in Riyadh", "party": "RUS"}
    about_nobody = correction_of(request, topics=["energy"], speaker=russian, drop=("about",))

    def after(correction: Json) -> set[str]:
        pairs = timeline_with("pairings", correction).values()
        return {body["incident"] for body in pairs if body["statement"] == "s24-us-request"}

    assert after(wider) == {ODESA, "i-gas-2025-02-20"}
    assert after(about_nobody) == set()


def test_s25_an_agreement_to_appoint_teams_is_a_promise_of_the_day_before() -> None:
    """Said to be of yesterday by an article of the 19th, in Riyadh or in Washington."""
    assert told("s25-us-teams") == Told("US State Department", "USA", "promise", [])
    assert line("s25-us-teams")["window"] == span("2025-02-17T21:00:00Z", "2025-02-19T05:00:00Z")
    assert quotes("s25-us-teams") == [("en", "high level")]
    assert not paired("s25-us-teams")


def test_s26_four_propositions_are_four_lines_of_an_institution() -> None:
    names = {"s26-us-aim", "s26-us-only-leader", "s26-us-not-sufficient", "s26-us-step"}

    assert found("chronology", speaker=("State Department",), act=("report",)) == names
    assert {line(name)["speaker"]["role"] for name in names} == {
        "institution, no spokesperson named"
    }
    assert {name for name in names if quotes(name)} == {"s26-us-not-sufficient"}
    assert not paired(*names)


# What the second article tells


def test_s27_an_offer_that_two_authors_tell_of_is_one_line() -> None:
    """That a second author told of it is not shown: neither article has a known address."""
    assert found("chronology", speaker=("Starmer",), act=("promise",)) == {"s18-starmer-troops"}
    assert line("s18-starmer-troops")["articles"] == []


def test_s28_an_officer_reports_and_stays_unnamed() -> None:
    morale, lead = "s28-officer-morale", "s28-officer-lead"

    assert told(morale)[1:] == told(lead)[1:] == ("UKR", "report", ["GBR"])
    assert unnamed(morale)
    assert line(morale)["window"] == line(lead)["window"] == IN_LVIV
    assert quotes(morale) == [("en", "huge morale boost for my people")]
    assert not paired(morale, lead)


def test_s29_one_speaker_of_both_articles_is_found_by_his_name() -> None:
    assert told("s29-dannatt-forces") == Told("Richard Dannatt", None, "report", ["GBR"])
    assert line("s29-dannatt-forces")["window"] == days("2025-02/2025-02-18~", "Europe/London")
    assert found("chronology", speaker=("dannatt",)) == {"s09-dannatt-trust", "s29-dannatt-forces"}
    assert not paired("s29-dannatt-forces")


def test_s30_unnamed_military_sources_report_of_their_own_army() -> None:
    assert unnamed("s30-military-sources-army")
    assert told("s30-military-sources-army")[1:] == ("GBR", "report", [])
    assert not paired("s30-military-sources-army")


def test_s31_what_was_said_last_night_lies_on_the_eve_of_the_second_article() -> None:
    assert told("s31-scholz-premature") == Told("Olaf Scholz", "DEU", "reject", [])
    assert line("s31-scholz-premature")["window"] == days("2025-02-17", "Europe/Paris")
    assert quotes("s31-scholz-premature") == [("en", "completely premature")]
    assert not paired("s31-scholz-premature")


def test_s32_an_appeal_and_a_shortage_are_two_lines_without_the_one_word_quoted() -> None:
    weapons, shortage = "s32-chiefs-weapons", "s32-chiefs-shortage"

    assert told(weapons)[1:] == ("UKR", "request", ["GBR"])
    assert told(shortage)[1:] == ("UKR", "report", [])
    assert quotes(weapons) == quotes(shortage) == []
    assert occurrences("idiot") == []
    assert not paired(weapons, shortage)


def test_s33_a_former_soldier_speaks_for_no_party_and_of_two_others() -> None:
    germany, second_line = "s33-soldier-germany", "s33-soldier-second-line"

    assert told(germany)[1:] == (None, "report", ["DEU"])
    assert told(second_line)[1:] == (None, "report", ["GBR"])
    assert unnamed(germany)
    assert [text.partition(" have ")[2] for _, text in quotes(germany)] == [
        "to be afraid of the Russians"
    ]
    assert occurrences("propaganda") == []
    assert not paired(germany, second_line)


def test_s34_a_vow_of_ones_own_side_and_an_intention_of_the_other_are_two_acts() -> None:
    fight, europe = "s34-chief-fight", "s34-chief-europe"

    assert told(fight)[1:] == ("UKR", "promise", [])
    assert told(europe)[1:] == ("UKR", "accuse", ["RUS"])
    assert quotes(fight) == [("en", "We will fight until the death")]
    assert not paired(fight, europe)
