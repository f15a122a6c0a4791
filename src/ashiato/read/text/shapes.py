"""The shapes that times have in English, as one pattern; the words are in the pack `times`."""

import re
from collections.abc import Iterable
from functools import cache

from ashiato.read.text.calendar import pack

YEAR = r"(?:19|20)\d\d"
_NTH = r"(?:st|nd|rd|th)"
_CLOCK = (
    r"(?:at\s)?(?:[01]?\d|2[0-3])(?::[0-5]\d(?::[0-5]\d)?(?:\s?(?:[ap]\.m\.|[ap]m\b))?|\s?(?:[ap]\.m\.|[ap]m\b))"
    r"(?:\s?(?:\(?(?:JST|KST|UTC|GMT)(?:\s?[+-]\d{1,2}(?::?\d\d)?)?\)?|Z\b|[+-]\d\d:?\d\d))?"
)
_SPAN = r"(?:\s?[-\u2013]\s?|\s(?:to|and|or|through)\s)"


def either(words: Iterable[str]) -> str:
    """Give the words as alternatives, the longest first."""
    return "|".join(sorted(words, key=lambda w: (-len(w), w)))


@cache
def month() -> str:
    """Give the names of months; "may" alone is told from the verb by who asks."""
    names = pack()["months"]
    short = [m[:3] for m in names if m != "may"]
    return rf"(?:(?:{either(names)})\b|(?:{either([*short, *pack()['month_forms']])})\b\.?)"


@cache
def shapes() -> re.Pattern[str]:
    """Give the pattern of every time but frequencies, one named group for each shape."""
    words = pack()
    mon, days, seasons = month(), either(words["weekdays"]), either(words["seasons"])
    number = rf"(?:\d{{1,3}}|{either(words['numbers'])})"
    unit = rf"(?:{either(words['units'])})s?"
    part = either(words["parts"])
    ahead = [rf"(?:the\s)?(?P<part{i}>{part})(?:[\s-](?:of\s)?(?:the\s)?)" for i in range(4)]
    dotted = rf"(?:(?:{days}),?\s(?:the\s)?)?"
    each = [
        (
            rf"(?P<iso>{YEAR}-\d\d-\d\d(?!\d))(?:[T\s](?P<iclock>\d\d:\d\d(?::\d\d)?)(?:\.\d+)?"
            r"\s?(?P<izone>Z\b|UTC|GMT|JST|[+-]\d\d:?\d\d)?)?"
        ),
        rf"(?P<ymd>{YEAR}(?:/\d\d?/\d\d?|\.\d\d\.\d\d))(?![\d./]\w)",
        rf"(?P<xyy>\d\d?[/.]\d\d?[/.]{YEAR})(?![\d./]\w)",
        (
            rf"(?P<dd1>\d\d?){_NTH}?{_SPAN}(?:the\s)?(?P<dd2>\d\d?){_NTH}?\s(?:of\s)?(?P<ddm>{mon})"
            rf"(?:,?\s(?P<ddy>{YEAR})(?!\d))?"
        ),
        (
            rf"(?P<mdm>{mon})\s(?P<md1>\d\d?){_NTH}?{_SPAN}(?:the\s)?(?P<md2>\d\d?){_NTH}?(?![\d:.])"
            rf"(?:,?\s(?P<mdy>{YEAR})(?!\d))?"
        ),
        (
            rf"{dotted}(?P<d1>\d\d?){_NTH}?[\s-](?:day\s)?(?:of\s)?(?P<m1>{mon})"
            rf"(?:,?[\s-](?P<y1>{YEAR})(?!\d))?"
        ),
        (
            rf"(?:(?:{days}),?\s)?(?P<m2>{mon})\s(?P<d2>\d\d?){_NTH}?(?![\d:%]|\.\d)"
            rf"(?:,?\s(?P<y2>{YEAR})(?!\d))?"
        ),
        rf"(?:{ahead[0]})?(?P<m3>{mon}),?\s(?:of\s)?(?P<y3>{YEAR})(?!\d)",
        rf"{ahead[1]}(?P<m4>{mon})",
        (
            rf"(?:the\s)?(?P<quarter>Q[1-4]|(?:first|second|third|fourth)\squarter)"
            rf"(?:(?:\sof|,)?\s(?P<qy>{YEAR})|(?=\W|$))"
        ),
        (
            rf"(?:the\s)?(?P<half>H[12]|(?:first|second)\shalf)\s(?:of\s)?(?:(?P<hm>{mon}),?\s?)?"
            rf"(?P<hy>{YEAR})?(?=\W|$)"
        ),
        rf"(?:the\s)?(?:{ahead[2]})?(?P<season>{seasons})(?:\sof)?,?\s(?P<sy>{YEAR})(?!\d)",
        rf"(?:the\s)?(?:(?:fiscal|financial)(?:\syear)?|FY)[\s-]?(?P<fiscal>{YEAR})(?!\d)",
        r"(?:the\s)?(?:(?P<dpart>early|mid|late)[\s-])?(?P<decade>(?:19|20)\d0)s\b",
        rf"(?:{ahead[3]})(?P<y5>{YEAR})(?!\d)",
        r"(?:the\s)?(?:day\sbefore\syesterday|day\safter\stomorrow)",
        (
            rf"(?:the\s)?(?P<rel>last|this|next|previous|past|following|preceding|same|that|coming)\s"
            rf"(?P<relof>year|month|week|weekend|quarter|decade|day|night|morning|afternoon|evening|"
            rf"{days}|{seasons}|{mon})\b(?!['\u2019])"
        ),
        r"(?P<deictic>today|yesterday|tomorrow|tonight)\b",
        (
            rf"(?:the|over|in|during|within)?\s?(?P<pastof>past|last|previous)\s(?:few\s|couple\sof\s)?"
            rf"(?P<pastn>{number}\s)?(?P<pastunit>{unit})\b"
        ),
        (
            rf"(?:about\s|around\s|some\s|nearly\s|over\s)?(?P<n>{number}|a\sfew|several)[\s-](?P<unit>{unit})\s"
            rf"(?P<away>ago|earlier|later|before|after(?:wards?)?|prior|previously|from\snow)\b"
        ),
        r"(?:the\s)(?P<beside>day|week|month|year)\s(?P<side>before|after|earlier|later)\b",
        (
            rf"(?:the\s)(?P<nth>\d\d?){_NTH}\b(?:\sof\s(?P<nthof>this|last|the\ssame|the\sprevious)\smonth)?"
            rf"(?!\s(?:{either(words['not_days'])})\b|\s(?:of\s)?{mon}|[-\w])"
        ),
        rf"(?P<weekday>{days})\b(?!s\b)(?:\s(?:morning|afternoon|evening|night))?",
        rf"(?P<m6>{mon})(?!['\u2019\w])",
        rf"(?P<yr1>{YEAR})\s?[-\u2013/]\s?(?P<yr2>{YEAR}|\d\d)(?![\d/-])",
        rf"(?P<y6>{YEAR})(?!\d|[,.]\d|-\d\d?\b|s\b|\w|/)",
        rf"(?P<clock>{_CLOCK})(?!\w)",
        (
            rf"(?P<duration>(?:about\s|around\s|some\s|nearly\s|over\s)?(?:{number}|several|a\sfew)\s{unit}(?<!\ssecond))\b"
            r"(?!\s(?:old|of\sage|in\sprison|imprisonment|sentence|term)|['\u2019])"
        ),
        rf"(?P<frequency>{'|'.join(words['frequency'])})\b",
        rf"(?P<vague>{'|'.join(words['vague'])})\b",
    ]
    return re.compile(rf"(?<![\w.@/-])(?:{'|'.join(each)})", re.IGNORECASE)


@cache
def clock() -> re.Pattern[str]:
    """Give the pattern of a time of day, in parts."""
    return re.compile(
        r"(?:at\s)?(?P<h>\d\d?)(?::(?P<m>\d\d)(?::(?P<s>\d\d))?)?\s?(?P<half>[ap])?\.?(?:m\b)?\.?\s?"
        r"\(?(?P<zone>JST|KST|UTC|GMT|Z)?\s?(?P<offset>[+-]\d{1,2}(?::?\d\d)?)?\)?$",
        re.IGNORECASE,
    )
