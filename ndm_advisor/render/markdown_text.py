"""Text of a case or an answer inside GitHub markdown: shown as it stands, never obeyed."""

from __future__ import annotations

import re
from typing import Final

from ndm_advisor.render.text import visible

_OBEYED: Final = re.compile(r"([\\`*_\[\]<>|~&])")
_AT_THE_START: Final = re.compile(r"^(\d*)([-+=#.)])")  # headings, lists, rules
_LINK: Final = re.compile(r"(?i)(\b(?:https?|ftp|xmpp|mailto):|\bwww\.|@)")


def markdown(text: str) -> str:
    r"""One line of text with nothing in it that markdown, HTML or a terminal would obey.

    Brackets and marks that mean nothing where they stand are left as they are: a dose stays legible
    to whoever sees the source.

    >>> markdown("<b>[bed 4](x)</b>"), markdown("2 g + 0.5 g (2.5 g total)")
    ('\\<b\\>\\[bed 4\\](x)\\</b\\>', '2 g + 0.5 g (2.5 g total)')
    """
    line = _OBEYED.sub(r"\\\1", visible(text).strip())
    line = _AT_THE_START.sub(r"\1\\\2", line)
    # A bare address is a link without any mark: an escape inside it is taken out when it is shown
    return _LINK.sub(lambda match: f"{match[1][:-1]}\\{match[1][-1]}", line)
