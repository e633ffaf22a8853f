"""The words of the page: each is there, each is used, and none is anything but words."""

import json
import re
from functools import cache
from typing import Any, Final, get_args

import pytest

from conflict_events import TOPICS, Act, Basis, Weapon
from conflict_events.events import Grade
from conflict_events.window import ZoneBasis
from tests.services.web.page.building import PAGE, node

PLURALS: Final = ("zero", "one", "two", "few", "many", "other")
ITSELF: Final = "language.itself"
"""Asked for by the list of languages, in each of them."""

_CALL: Final = re.compile(r"(?<![\w.])(t|tn|named|word)\(")
_TEXT: Final = re.compile(r'"((?:[^"\\]|\\.)*)"')
_KEY: Final = re.compile(r"[a-z]\w*(\.\w+)+")
_VALUE: Final = re.compile(r"\{(\w+)\}")


@cache
def catalogue() -> dict[str, str]:
    """The English texts, by their keys."""
    script = "import { en } from './src/words/en.js'; console.log(JSON.stringify(en));"
    done = node("--input-type=module", "--eval", script)
    assert done.returncode == 0, done.stderr
    texts: dict[str, str] = json.loads(done.stdout)
    return texts


def parts() -> list[str]:
    """The sources of the page that ask for texts."""
    folder = PAGE / "src"
    return [
        path.read_text("utf-8")
        for path in sorted(folder.rglob("*.js"))
        if path.relative_to(folder).parts[:2] not in {("words", "en"), ("words", "index.js")}
    ]


@cache
def calls() -> tuple[tuple[str, str], ...]:
    """Each call for a text, as the function's name and its first argument."""
    return tuple(
        (call[1], first_argument(source, call.end()))
        for source in parts()
        for call in _CALL.finditer(source)
    )


def first_argument(source: str, begin: int) -> str:
    """What stands from a place to the comma, or the bracket, that ends it."""
    depth = 0
    for at in range(begin, len(source)):
        if source[at] in "([{":
            depth += 1
        elif depth == 0 and source[at] in ",)":
            return source[begin:at]
        elif source[at] in ")]}":
            depth -= 1
    raise AssertionError("a call has no end")


@cache
def asked(function: str) -> set[str]:
    """The keys that are asked for through a function of words; for groups their names.

    An argument may choose between keys: what has a dot in it is one.
    """
    arguments = [argument for name, argument in calls() if name == function]
    texts = (text[1] for argument in arguments for text in _TEXT.finditer(argument))
    if function in {"named", "word"}:
        return set(texts)
    return {text for text in texts if _KEY.fullmatch(text)}


def stems() -> set[str]:
    """The keys of the catalogue that come in forms for one and for more, without the form."""
    found = (key.rpartition(".") for key in catalogue())
    return {stem for stem, _, form in found if form == "other"} & asked("tn")


def groups() -> set[str]:
    """The groups of values that have words, among them those that filters name theirs by."""
    return asked("named") | asked("word") | {"topic", "act", "precision", "weapon"}


def is_used(key: str) -> bool:
    """Whether some part of the page may show the text of a key."""
    stem, _, form = key.rpartition(".")
    one_of_a_number = form in PLURALS and stem in asked("tn")
    return key in asked("t") or key == ITSELF or one_of_a_number or stem in groups()


def test_every_text_that_is_asked_for_is_in_the_catalogue() -> None:
    assert len(asked("t")) > 200
    assert sorted(asked("t") - catalogue().keys()) == []


def test_every_number_of_things_has_a_text_for_one_and_for_more() -> None:
    assert len(asked("tn")) > 20
    forms = {f"{stem}.{form}" for stem in asked("tn") for form in ("one", "other")}
    assert sorted(forms - catalogue().keys()) == []


def test_every_text_of_the_catalogue_is_asked_for() -> None:
    assert [key for key in catalogue() if not is_used(key)] == []


def test_keys_are_written_out_where_they_are_asked_for() -> None:
    computed = [
        argument
        for name, argument in calls()
        if name in {"t", "tn"} and ("`" in argument or not _TEXT.search(argument))
    ]

    assert computed == []


@pytest.mark.parametrize("text", ["<b>", "&amp;", "javascript:", "http://", "https://"])
def test_no_text_is_anything_but_words(text: str) -> None:
    assert [key for key, words in catalogue().items() if text in words] == []


def test_no_text_has_markup_blanks_at_its_ends_or_hidden_characters() -> None:
    wrong = re.compile(r"[<>]|&\w+;|^\s|\s$|[\x00-\x09\x0b-\x1f\u200b-\u200f\u2028-\u202e]")
    assert [key for key, words in catalogue().items() if wrong.search(words) or not words] == []


def test_texts_for_one_and_for_more_take_the_same_values() -> None:
    for stem in stems():
        one, other = (catalogue()[f"{stem}.{form}"] for form in ("one", "other"))
        assert set(_VALUE.findall(one)) - {"n"} == set(_VALUE.findall(other)) - {"n"}, stem


VALUES: Final[dict[str, Any]] = {
    "act": get_args(Act),
    "basis": get_args(Basis),
    "grade": get_args(Grade),
    "topic": sorted(TOPICS),
    "weapon": get_args(Weapon.__annotations__["family"]),
    "details.zone": get_args(ZoneBasis),
    "window": ("24h", "72h", "7d", "30d"),
}


@pytest.mark.parametrize("group", VALUES)
def test_every_value_of_the_contract_has_words(group: str) -> None:
    words = {key.removeprefix(f"{group}.") for key in catalogue() if key.startswith(f"{group}.")}

    assert words == set(VALUES[group])


def test_no_text_says_more_than_an_order_in_time() -> None:
    causal = re.compile(
        r"\b(in response to|because of the (words|statement)|despite|caused by|retaliat\w+|thus)\b",
        re.IGNORECASE,
    )
    assert {key for key, words in catalogue().items() if causal.search(words)} == set()
