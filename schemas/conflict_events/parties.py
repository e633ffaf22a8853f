"""Parties, those who speak for them, and those who say that an attack was theirs."""

from typing import Annotated, Literal

from msgspec import Meta, Struct

from conflict_events.text import Name

Party = Annotated[str, Meta(pattern=r"^([A-Z]{3}|[a-z][a-z0-9-]{1,40})\Z")]
"""ISO 3166-1 alpha-3 (`RUS`, `UKR`), or a registered lower-case id of a non-state party."""

Basis = Literal[
    "claimed_by_attacker",
    "alleged_by_target",
    "alleged_by_other",
    "assessed",
    "physical_evidence",
    "coded_by_dataset",
    "inferred_by_outlet",
]
"""On what an attribution rests."""


class Speaker(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Who said something; `id` is a stable id such as a Wikidata one."""

    name: Name
    id: Name | None = None
    role: Name | None = None
    party: Party | None = None


class Claimant(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Whose account a report or a figure is."""

    name: Name
    role: Name | None = None
    party: Party | None = None


class Attribution(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Who is said to have attacked, on what basis, by whom, and which parties dispute it."""

    party: Party
    basis: Basis
    by: Name | None = None
    disputed_by: tuple[Party, ...] = ()


def claimant_name(claimant: Claimant | str) -> str:
    """The claimant's name; a figure may give the bare name."""
    return claimant if isinstance(claimant, str) else claimant.name
