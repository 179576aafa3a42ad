"""Descriptions written by providers: Markdown without raw HTML, sanitised once more before it is shown."""

from collections.abc import Sequence

import nh3
from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup, escape

LONGEST = 40_000
TAGS = {"p", "br", "strong", "em", "ul", "ol", "li", "blockquote", "code", "pre", "a", "hr", "h3", "h4", "h5", "h6"}
_HEADING_SHIFT = 2


def _image_as_link(tokens: Sequence[Token], index: int, _options: object, _environment: object) -> str:
    """Pictures from elsewhere would tell their server who reads the page: they become links."""
    token = tokens[index]
    return f'<a href="{escape(str(token.attrs["src"]))}">{escape(token.content or str(token.attrs["src"]))}</a>'


_markdown = MarkdownIt("commonmark", {"html": False, "linkify": False, "maxNesting": 20})
_markdown.renderer.rules["image"] = _image_as_link  # type: ignore[attr-defined]


def render(text: str) -> Markup:
    """Return safe HTML; headings start at h3 because the page has its own h1 and h2."""
    tokens = _markdown.parse(text[:LONGEST])
    for token in tokens:
        if token.type in ("heading_open", "heading_close"):
            level = min(int(token.tag[1]) + _HEADING_SHIFT, 6)
            token.tag = f"h{level}"
    html = _markdown.renderer.render(tokens, _markdown.options, {})
    clean = nh3.clean(
        html,
        tags=TAGS,
        attributes={"a": {"href"}},
        url_schemes={"http", "https", "mailto"},
        link_rel="nofollow ugc noopener noreferrer",
    )
    return Markup(clean)  # noqa: S704 - sanitised in the line above


def highlight(fragment: str) -> Markup:
    """Return a search highlight of which nothing but `<mark>` may survive."""
    return Markup(nh3.clean(fragment, tags={"mark"}, attributes={}))  # noqa: S704 - sanitised here
