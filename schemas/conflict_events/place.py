"""Places: as the source wrote them, and as far as they are known."""

from typing import Annotated

from msgspec import Meta, Struct

from conflict_events.parties import Party
from conflict_events.text import Name

Country = Annotated[str, Meta(pattern=r"^[A-Z]{2}\Z")]
"""ISO 3166-1 alpha-2."""

Admin1 = Annotated[str, Meta(pattern=r"^[A-Z]{2}-[A-Z0-9]{1,3}\Z")]
"""ISO 3166-2. Crimea is `UA-43`, Sevastopol `UA-40`; `controlled_by` says who held a place."""

Region = Annotated[str, Meta(pattern=r"^[A-Z]{2}(-[A-Z0-9]{1,3})?\Z")]
"""ISO 3166-1 alpha-2 or ISO 3166-2."""


class Place(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Where something happened. Its country never implies an attacker.

    `radius_m` is in metres; `where_prec` is the precision of the UCDP GED codebook, 1 (exact) to 7.
    """

    as_written: Name | None = None
    name: Name | None = None
    country: Country | None = None
    admin1: Admin1 | None = None
    geonames: Annotated[int, Meta(ge=1, le=9_999_999_999)] | None = None
    lat: Annotated[float, Meta(ge=-90, le=90)] | None = None
    lon: Annotated[float, Meta(ge=-180, le=180)] | None = None
    radius_m: Annotated[float, Meta(ge=0, le=20_037_508)] | None = None
    where_prec: Annotated[int, Meta(ge=1, le=7)] | None = None
    controlled_by: Party | None = None

    def __post_init__(self) -> None:
        """Refuse half a point and a place that says nothing.

        Raises:
            ValueError: `lat` without `lon` or the reverse, or no field is given.
        """
        if (self.lat is None) != (self.lon is None):
            raise ValueError("a place has both lat and lon, or neither")
        if (
            self.as_written is None
            and self.name is None
            and self.country is None
            and self.admin1 is None
            and self.geonames is None
            and self.lat is None
            and self.radius_m is None
            and self.where_prec is None
            and self.controlled_by is None
        ):
            raise ValueError("a place gives at least one of its fields")
