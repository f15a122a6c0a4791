"""Read Sigma rules through pySigma into trees, or say of each why it is refused."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any
from uuid import UUID

import duckdb
import yaml
from sigma.conditions import (
    ConditionAND,
    ConditionFieldEqualsValueExpression,
    ConditionNOT,
    ConditionOR,
    ConditionValueExpression,
)
from sigma.correlations import (
    SigmaCorrelationCondition,
    SigmaCorrelationConditionOperator,
    SigmaCorrelationRule,
    SigmaCorrelationType,
)
from sigma.exceptions import SigmaError
from sigma.pipelines.sysmon.sysmon import sysmon_pipeline
from sigma.pipelines.windows.windows import windows_logsource_pipeline
from sigma.processing.pipeline import ProcessingPipeline
from sigma.rule import SigmaRule
from sigma.rule.base import SigmaRuleBase
from sigma.types import (
    CompareOperators,
    SigmaBool,
    SigmaCasedString,
    SigmaCIDRExpression,
    SigmaCompareExpression,
    SigmaExists,
    SigmaExpansion,
    SigmaFieldReference,
    SigmaNull,
    SigmaNumber,
    SigmaRegularExpression,
    SigmaRegularExpressionFlag,
    SigmaString,
    SigmaTimestampPart,
    SpecialChars,
)

from ashiato.engine.sigma.expressions import (
    All,
    Cidr,
    Compare,
    Either,
    Expr,
    Missing,
    Not,
    Pattern,
    Present,
    Regex,
    Same,
    Text,
    Wild,
)

_WILD = {SpecialChars.WILDCARD_MULTI: Wild.MANY, SpecialChars.WILDCARD_SINGLE: Wild.ONE}
_OPERATORS = {
    CompareOperators.LT: "<",
    CompareOperators.LTE: "<=",
    CompareOperators.GT: ">",
    CompareOperators.GTE: ">=",
    CompareOperators.NEQ: "<>",
}
_FLAGS = {
    SigmaRegularExpressionFlag.IGNORECASE: "i",
    SigmaRegularExpressionFlag.MULTILINE: "m",
    SigmaRegularExpressionFlag.DOTALL: "s",
}
_KINDS = {
    SigmaCorrelationType.EVENT_COUNT: "event_count",
    SigmaCorrelationType.VALUE_COUNT: "value_count",
    SigmaCorrelationType.TEMPORAL: "temporal",
    SigmaCorrelationType.TEMPORAL_ORDERED: "temporal_ordered",
}
_LEAST = {SigmaCorrelationConditionOperator.GTE: 0, SigmaCorrelationConditionOperator.GT: 1}
_MOST_NODES = 200_000
"""Rules of published collections have a few thousand at most."""
Placeholders = Mapping[str, Sequence[str]]


class UnsupportedRuleError(ValueError):
    """The rule asks for what is not answered here; the message says what."""


@dataclass(frozen=True, slots=True)
class Header:
    """What a rule says of itself; ``line`` (from 1) is where its document begins in the file."""

    id: str
    name: str
    title: str
    level: str
    status: str
    author: str
    tags: tuple[str, ...]
    line: int


@dataclass(frozen=True, slots=True)
class LogSource:
    """Which logs a rule means, as it says."""

    category: str = ""
    product: str = ""
    service: str = ""


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule on single records."""

    header: Header
    source: LogSource
    expr: Expr


@dataclass(frozen=True, slots=True)
class Correlation:
    """A rule on the hits of other rules: at least ``least`` within ``seconds``, for each group.

    ``kind`` is event_count, value_count (of ``values``), temporal or temporal_ordered; ``rules``
    are names or ids. ``aliases`` gives for a name in ``group_by`` the field of each rule. Where
    not ``generate`` the rules named here give no hits of their own.
    """

    header: Header
    kind: str
    rules: tuple[str, ...]
    group_by: tuple[str, ...]
    seconds: int
    least: int
    values: str
    aliases: Mapping[str, Mapping[str, str]]
    generate: bool


@dataclass(frozen=True, slots=True)
class Refused:
    """A document that is no rule which can be run, and why."""

    line: int
    title: str
    reason: str


Read = Rule | Correlation | Refused


def read_rules(text: str, *, placeholders: Placeholders | None = None) -> tuple[Read, ...]:
    """Read every document of a rule file; ``placeholders`` gives values to ``|expand``."""
    try:
        documents = list(_documents(text))
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        said = getattr(error, "problem", None) or "cannot be read"
        return (Refused(mark.line + 1 if mark else 1, "", f"no YAML: {said}"),)
    except (ValueError, RecursionError) as error:  # an impossible date, a nesting without end
        return (Refused(1, "", f"no YAML: {error}"),)
    merged = _with_global(documents)
    return tuple(_read(document, line, placeholders or {}) for document, line in merged)


def _documents(text: str) -> Iterator[tuple[Any, int]]:
    loader = _Loader(text)
    try:
        while loader.check_node():
            node = loader.get_node()
            assert node is not None  # there was one to get
            if _size(node, {}) > _MOST_NODES:
                raise ValueError("its aliases unfold into too much")
            yield loader.construct_document(node), node.start_mark.line + 1
    finally:
        loader.dispose()


def _size(node: yaml.Node, known: dict[int, int]) -> int:
    """Count the nodes that a document has once its aliases are unfolded."""
    if id(node) not in known:
        known[id(node)] = 1  # an alias of what it stands in ends here
        inside = node.value if isinstance(node.value, list) else []
        parts = (part for each in inside for part in (each if isinstance(each, tuple) else (each,)))
        known[id(node)] = 1 + sum(_size(part, known) for part in parts)
    return known[id(node)]


class _Loader(yaml.CSafeLoader):
    """YAML's C parser: the rules of a large collection are read ten times as fast."""


def _with_global(documents: Sequence[tuple[Any, int]]) -> Iterator[tuple[Any, int]]:
    """Merge ``action: global`` documents into those that follow, as older collections do."""
    shared: dict[str, Any] = {}
    for document, line in documents:
        if not isinstance(document, dict):
            yield document, line
            continue
        action = document.get("action")
        if action == "global":
            shared = {key: value for key, value in document.items() if key != "action"}
        elif action == "reset":
            shared = {}
        else:
            yield _merged(shared, document), line


def _merged(under: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    both = {
        key: _merged(under[key], over[key])
        for key in under.keys() & over.keys()
        if isinstance(under[key], dict) and isinstance(over[key], dict)
    }
    return {**under, **over, **both}


def _read(document: object, line: int, placeholders: Placeholders) -> Read:
    if not isinstance(document, dict):
        return Refused(line, "", "no Sigma rule: not a mapping")
    title = str(document.get("title", ""))
    try:
        if "correlation" in document:
            return _correlation(SigmaCorrelationRule.from_dict(document), line)
        return _rule(document, line, placeholders)
    except UnsupportedRuleError as error:
        return Refused(line, title, str(error))
    except (SigmaError, ValueError) as error:
        return Refused(line, title, f"not valid Sigma: {error}")
    except (TypeError, AttributeError, KeyError, RecursionError) as error:
        # pySigma trusts the shape of the document; a rule that breaks it is refused, not fatal.
        return Refused(line, title, f"not valid Sigma: {type(error).__name__}: {error}")


def _rule(document: dict[str, Any], line: int, placeholders: Placeholders) -> Rule:
    if "filter" in document or "action" in document:
        raise UnsupportedRuleError("filters and actions over other rules are not supported")
    rule = SigmaRule.from_dict(document)
    said = rule.logsource
    source = LogSource(said.category or "", said.product or "", said.service or "")
    if source.product.lower() == "windows":
        _windows().apply(rule)
    each = [_expr(condition.parsed, placeholders) for condition in rule.detection.parsed_condition]
    return Rule(_header(rule, line), source, each[0] if len(each) == 1 else Either(tuple(each)))


@cache
def _windows() -> ProcessingPipeline:
    both: ProcessingPipeline = sysmon_pipeline() + windows_logsource_pipeline()
    return both


def _header(rule: SigmaRuleBase, line: int) -> Header:
    return Header(
        id=str(rule.id) if isinstance(rule.id, UUID) else "",
        name=str(rule.name or ""),
        title=rule.title or "",
        level=rule.level.name.lower() if rule.level else "",
        status=rule.status.name.lower() if rule.status else "",
        author=str(rule.author or ""),
        tags=tuple(str(tag) for tag in rule.tags),
        line=line,
    )


def _correlation(rule: SigmaCorrelationRule, line: int) -> Correlation:
    kind = _KINDS.get(rule.type)
    if kind is None:
        raise UnsupportedRuleError(f"correlation {rule.type.name.lower()} is not supported")
    if not isinstance(rule.condition, SigmaCorrelationCondition):
        raise UnsupportedRuleError("an extended correlation condition is not supported")
    named = tuple(each.reference for each in rule.rules or ())
    return Correlation(
        header=_header(rule, line),
        kind=kind,
        rules=named,
        group_by=tuple(rule.group_by or ()),
        seconds=rule.timespan.seconds,
        least=_least(rule, kind, len(named)),
        values=_counted(rule.condition.fieldref),
        aliases={
            each.alias: {ref.reference: name for ref, name in each.mapping.items()}
            for each in rule.aliases
        },
        generate=rule.generate,
    )


def _least(rule: SigmaCorrelationRule, kind: str, rules: int) -> int:
    """Give the lowest count that fires; temporal rules want each of their rules, unless told."""
    condition = rule.condition
    assert isinstance(condition, SigmaCorrelationCondition)  # the caller refused the other
    if kind.startswith("temporal") and condition.count <= 1:
        return rules
    more = _LEAST.get(condition.op)
    if more is None:
        raise UnsupportedRuleError(
            f"a count {condition.op.name.lower()} {condition.count} asks for what did not happen: "
            "not supported"
        )
    return condition.count + more


def _counted(named: str | list[str] | None) -> str:
    if isinstance(named, list):
        raise UnsupportedRuleError("counting several fields together is not supported")
    return named or ""


def _expr(node: object, placeholders: Placeholders) -> Expr:
    if isinstance(node, ConditionNOT):
        return Not(_expr(node.args[0], placeholders))
    if isinstance(node, ConditionAND):
        return All(tuple(_expr(part, placeholders) for part in node.args))
    if isinstance(node, ConditionOR):
        return Either(tuple(_expr(part, placeholders) for part in node.args))
    if isinstance(node, ConditionFieldEqualsValueExpression):
        return _test(node.field, node.value, placeholders)
    if isinstance(node, ConditionValueExpression):
        return _keyword(node.value, placeholders)
    raise UnsupportedRuleError("an empty condition")


def _keyword(value: object, placeholders: Placeholders) -> Expr:
    if isinstance(value, SigmaExpansion):
        return Either(tuple(_keyword(each, placeholders) for each in value.values))
    if isinstance(value, SigmaNumber):
        return Text(None, (str(value.number),))
    if isinstance(value, SigmaString):
        cased = isinstance(value, SigmaCasedString)
        found = [Text(None, each, cased) for each in _patterns(value, placeholders)]
        return found[0] if len(found) == 1 else Either(tuple(found))
    if isinstance(value, SigmaRegularExpression):
        return _regex(None, value)
    raise UnsupportedRuleError(f"a keyword of type {type(value).__name__} is not supported")


def _test(field: str, value: object, placeholders: Placeholders) -> Expr:
    if isinstance(value, SigmaExpansion):
        return Either(tuple(_test(field, each, placeholders) for each in value.values))
    if isinstance(value, SigmaString):
        cased = isinstance(value, SigmaCasedString)
        found = [Text(field, each, cased) for each in _patterns(value, placeholders)]
        return found[0] if len(found) == 1 else Either(tuple(found))
    if isinstance(value, SigmaTimestampPart):
        raise UnsupportedRuleError("parts of times (minute, hour, day ...) are not supported")
    if isinstance(value, SigmaNumber | SigmaBool):
        return Text(field, (_plain(value),))
    if isinstance(value, SigmaRegularExpression):
        return _regex(field, value)
    return _other(field, value)


def _other(field: str, value: object) -> Expr:
    if isinstance(value, SigmaCIDRExpression):
        return Cidr(field, value.network)
    if isinstance(value, SigmaCompareExpression):
        return Compare(field, _OPERATORS[value.op], float(value.number.number))
    if isinstance(value, SigmaFieldReference):
        return Same(field, value.field, starts=value.starts_with, ends=value.ends_with)
    if isinstance(value, SigmaExists):
        return Present(field) if value.exists else Missing(field)
    if isinstance(value, SigmaNull):
        return Missing(field)
    raise UnsupportedRuleError(f"a value of type {type(value).__name__} is not supported")


def _plain(value: SigmaNumber | SigmaBool) -> str:
    return str(value.boolean).lower() if isinstance(value, SigmaBool) else str(value.number)


def _patterns(value: SigmaString, placeholders: Placeholders) -> list[Pattern]:
    """Give the patterns of a string: several where a placeholder in it has several values."""
    found: list[Pattern] = [()]
    for part in value.s:
        if isinstance(part, str):
            found = [(*head, part) for head in found]
        elif isinstance(part, SpecialChars):
            found = [(*head, _WILD[part]) for head in found]
        else:
            given = placeholders.get(part.name)
            if not given:
                raise UnsupportedRuleError(f"the placeholder %{part.name}% has no values")
            found = [(*head, each) for head in found for each in given]
    return [_joined(each) for each in found]


def _joined(pattern: Pattern) -> Pattern:
    """Join neighbouring texts, so that a pattern has one form."""
    parts: list[str | Wild] = []
    for part in pattern:
        if isinstance(part, str) and parts and isinstance(parts[-1], str):
            parts[-1] += part
        elif part != "":
            parts.append(part)
    for part in parts:
        if isinstance(part, str):
            part.encode()  # half a surrogate pair is no text: the rule is refused
    return tuple(parts)


def _regex(field: str | None, value: SigmaRegularExpression) -> Regex:
    flags = "".join(sorted(_FLAGS[flag] for flag in value.flags))
    found = Regex(field, str(value.regexp), flags)
    _try(found)
    return found


def _try(test: Regex) -> None:
    """Refuse at once what RE2 cannot run, such as look-around and back-references."""
    try:
        _checker().execute("SELECT regexp_matches('', ?)", [re2(test)]).fetchall()
    except duckdb.Error as error:
        said = str(error).splitlines()[0]
        raise UnsupportedRuleError(f"its regular expression is beyond RE2: {said}") from error


@cache
def _checker() -> duckdb.DuckDBPyConnection:
    return duckdb.connect(":memory:")


def re2(test: Regex) -> str:
    """Write the expression with every flag stated, so that no default decides."""
    on = test.flags
    off = "".join(flag for flag in "ims" if flag not in on)
    return f"(?{on}{'-' if off else ''}{off}){test.pattern}"
