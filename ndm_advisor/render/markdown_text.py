"""Text of a case or an answer inside GitHub markdown: shown as it stands, never obeyed."""

from __future__ import annotations

import re
from typing import Final

from ndm_advisor.render.text import visible

_OBEYED: Final = re.compile(r"([\\`*_{}\[\]<>()#+!|~&])")
_LIST_ITEM: Final = re.compile(r"^(\s*)([-+]|\d+[.)])(?=\s|$)")
_LINK: Final = re.compile(r"(?i)(\b(?:https?|ftp|xmpp|mailto):|\bwww\.|@)")


def markdown(text: str) -> str:
    r"""One line of text with nothing in it that markdown, HTML or a terminal would obey.

    >>> markdown("<b>[bed 4](x)</b>")
    '\\<b\\>\\[bed 4\\]\\(x\\)\\</b\\>'
    """
    line = _OBEYED.sub(r"\\\1", visible(text).strip())
    line = _LIST_ITEM.sub(lambda match: f"{match[1]}{match[2][:-1]}\\{match[2][-1]}", line)
    # A bare address is a link without any mark: an escape inside it is taken out when it is shown
    return _LINK.sub(lambda match: f"{match[1][:-1]}\\{match[1][-1]}", line)
