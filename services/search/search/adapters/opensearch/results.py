"""Asks the engine and turns its answer into results with safe highlights."""

import html
import math
from typing import Any

from opensearchpy import AsyncOpenSearch, RequestError

from search.adapters.opensearch import counting, paging
from search.adapters.opensearch.client import translated
from search.adapters.opensearch.names import READ_ALIAS
from search.adapters.opensearch.query import MARK_CLOSE, MARK_OPEN, search_body
from search.application.ports import FoundPage
from search.domain.query_text import QueryText
from search.domain.search_request import SearchRequest, bad_cursor

_SHOWN_AS = {"provider_text": "provider"}


class OpenSearchSolutions:
    """`SolutionSearch` on OpenSearch."""

    def __init__(self, client: AsyncOpenSearch, *, timeout_seconds: float) -> None:
        self._client = client
        self._timeout = timeout_seconds

    async def search(self, request: SearchRequest, text: QueryText) -> FoundPage:
        """See `SolutionSearch.search`."""
        body = search_body(request, text)
        with translated():
            try:
                answer = await self._client.search(
                    index=READ_ALIAS, body=body, params={"request_timeout": self._timeout}
                )
            except RequestError as error:
                if request.after is not None and "search_after" in str(error.info):
                    raise bad_cursor() from error
                raise
        return page_of(answer, request)


def page_of(answer: dict[str, Any], request: SearchRequest) -> FoundPage:
    """Return the page in an engine's answer."""
    shown, position = paging.page(answer["hits"]["hits"], request)
    return FoundPage(
        total=answer["hits"]["total"]["value"],
        results=[result_of(hit) for hit in shown],
        counts=counting.counts_of(answer["aggregations"], request),
        position=position,
    )


def result_of(hit: dict[str, Any]) -> dict[str, Any]:
    """Return one result: the card that was made when it was projected, with highlights and score."""
    result: dict[str, Any] = hit["_source"]["card"]
    score = hit.get("_score")
    result["highlights"] = {
        _SHOWN_AS.get(name, name): [marked(fragment) for fragment in fragments]
        for name, fragments in hit.get("highlight", {}).items()
    }
    result["score"] = round(score, 4) if score is not None and math.isfinite(score) else None
    return result


def marked(fragment: str) -> str:
    """Return a fragment as safe HTML: everything is escaped, only the marks become tags."""
    return html.escape(fragment).replace(MARK_OPEN, "<mark>").replace(MARK_CLOSE, "</mark>")
