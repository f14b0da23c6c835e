"""`--ack ID --reason TEXT`: which alert somebody has seen, and why it is left as it is."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Final

from ndm_advisor.errors import UsageError
from ndm_advisor.model.answer import Recommendation

ACK: Final = "ack"
REASON: Final = "reason"


def acknowledgements(
    order: Sequence[str], ids: Sequence[str], reasons: Sequence[str]
) -> dict[str, str]:
    """Pair each `--ack` with the `--reason` after it.

    `order` names the options as they stood on the command line, `ids` and `reasons` hold their
    values in the same order.

    Raises:
        UsageError: one without the other, an empty reason, or one alert twice.
    """
    found: dict[str, str] = {}
    given = {ACK: iter(ids), REASON: iter(reasons)}
    waiting: str | None = None
    for name in order:
        if name not in given:
            continue
        value = next(given[name])
        if name == ACK:
            if waiting is not None:
                raise UsageError(_without_reason(waiting))
            waiting = value
            continue
        if waiting is None:
            message = "--reason: no --ack stands before it; write --ack ID --reason TEXT"
            raise UsageError(message)
        found[_once(waiting, found)] = _said(value, waiting)
        waiting = None
    if waiting is not None:
        raise UsageError(_without_reason(waiting))
    return found


def _without_reason(ident: str) -> str:
    return f"--ack {ident}: no --reason after it; write --ack {ident} --reason TEXT"


def _once(ident: str, found: Mapping[str, str]) -> str:
    if ident in found:
        message = f"--ack {ident}: given twice; one reason for each alert"
        raise UsageError(message)
    return ident


def _said(reason: str, ident: str) -> str:
    if not reason.strip():
        message = f"--ack {ident}: its --reason is empty"
        raise UsageError(message)
    return reason.strip()


def check_acknowledged(
    acknowledged: Collection[str], answer: Recommendation, known: Collection[str]
) -> None:
    """Refuse to record what was not there to be seen.

    Raises:
        UsageError: an id that is no alert's, or an alert that did not fire in this case.
    """
    fired = {alert.id for alert in answer.alerts}
    wrong = [_wrong(ident, fired, known) for ident in acknowledged if ident not in fired]
    if wrong:
        raise UsageError("\n".join(wrong))


def _wrong(ident: str, fired: Collection[str], known: Collection[str]) -> str:
    if ident in known:
        here = f"here did: {', '.join(sorted(fired))}" if fired else "no alert did"
        return f"--ack {ident}: this alert did not fire; {here}"
    import difflib  # noqa: PLC0415  # only for a mistake

    near = difflib.get_close_matches(ident, sorted(known), n=1)
    hint = f"; did you mean `{near[0]}`? (not assumed)" if near else ""
    return f"--ack {ident}: not the id of an alert{hint}\n`ndm-advisor explain alerts` lists them"
