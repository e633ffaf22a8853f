"""Live: revisions as server-sent events, as soon as they are committed, to any number of readers.

What a subscriber gets, whatever carries it there:

- `revision`: one entry as JSON. Its id, `<position>-<k>`, is where to resume: nothing is missed,
  and nothing comes twice.
- `progress`: `{"position","version"}`, and `"digest"` at that position where it is known. The first
  frame is one, and then one comes at least every 5 s. With an id, everything up to that position
  has been sent, and the id may be resumed from. Without one, the timeline stands there, and what
  lies before it may still be on its way.
- `switched`: `{"position","version"}`. Another version is served. Everything that the old one made
  up to that position has been sent; what follows are the revisions that the new one makes after it.
  Another version may tell the same events otherwise: read its timeline as of that position, and go
  on with this stream. Its id may be resumed from.
- `cut`: `{"reason"}`. The subscriber did not read, and nothing follows. It may resume.

An id does not name a version. Who resumes says which one it had: if another is served, the first
frame is a `switched`. Or it looks at the `version` of the first progress: if it is not the one that
the id was given under, the timeline has to be read again, as after `switched`.
"""

from conflict_timeline.web.live.live import Live
from conflict_timeline.web.live.places import InvalidPlaceError
from conflict_timeline.web.live.subscription import Subscription

__all__ = ["InvalidPlaceError", "Live", "Subscription"]
