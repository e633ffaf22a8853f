"""The ring: what was dropped, what is kept, and who is given what."""

from conflict_timeline.web.live.places import Place
from conflict_timeline.web.live.ring import Ring
from tests.support import seeded


def ring(*, revisions: int = 1_000, held: int = 1_000_000, chunk: int = 100) -> Ring:
    """An empty ring after position 10."""
    return Ring(Place.end_of(10), revisions_max=revisions, bytes_max=held, chunk_bytes_max=chunk)


def test_an_empty_ring_reaches_from_its_floor_on() -> None:
    empty = ring()

    assert empty.reaches(Place.end_of(10))
    assert empty.reaches(Place(11, 0))
    assert not empty.reaches(Place(10, 5))
    assert empty.after(Place.end_of(10)) is None


def test_frames_come_in_order_from_any_place_in_chunks_of_whole_frames() -> None:
    """Of random lengths, some of them longer than a chunk; with drops on the way."""
    rng = seeded()
    kept = ring(revisions=700)
    frames = dict[Place, bytes]()
    for position in range(11, 3_000):
        for k in range(rng.randint(0, 2)):
            frames[Place(position, k)] = b"%d-%d;" % (position, k) * rng.randint(1, 20)
            kept.append(Place(position, k), frames[Place(position, k)])
    assert len(kept) == 700
    places = sorted(frames)
    assert kept.floor == places[-701]

    for start in [*range(len(places) - 701, len(places), 50), len(places) - 1]:
        at, got = places[start], b""
        assert kept.reaches(at)
        assert kept.waiting_bytes(at) == sum(len(frames[one]) for one in places[start + 1 :])
        while (chunk := kept.after(at)) is not None:
            assert len(chunk.frames) <= 100 or chunk.frames == frames[chunk.upto]
            got, at = got + chunk.frames, chunk.upto
        assert got == b"".join(frames[one] for one in places[start + 1 :])
        assert at == places[-1]


def test_what_is_dropped_is_no_longer_reached() -> None:
    small = ring(revisions=3)
    for position in range(11, 21):
        small.append(Place(position, 0), b"x")

    assert small.reaches(Place(17, 0))
    assert not small.reaches(Place(16, 0))
    assert small.after(Place(17, 0)) == (b"xxx", Place(20, 0))


def test_long_frames_are_bounded_by_their_bytes_and_one_is_always_kept() -> None:
    small = ring(held=1_000)
    for position in range(11, 41):
        small.append(Place(position, 0), b"x" * 300)
        assert small.bytes_held <= 1_000
    assert len(small) == 3

    small.append(Place(41, 0), b"y" * 5_000)

    assert small.after(Place(40, 0)) == (b"y" * 5_000, Place(41, 0))
    assert (len(small), small.bytes_held) == (1, 5_000)


def test_who_asks_for_the_same_gets_the_same_bytes() -> None:
    kept = ring()
    for position in range(11, 41):
        kept.append(Place(position, 0), b"ten bytes\n")

    one, another = kept.after(Place(20, 0)), kept.after(Place.end_of(20))

    assert one is not None
    assert another is not None
    assert one.frames is another.frames
    kept.append(Place(41, 0), b"ten bytes\n")
    last = kept.after(Place(39, 0))
    assert last == (b"ten bytes\n" * 2, Place(41, 0))
