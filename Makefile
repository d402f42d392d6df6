# `make run` and `make test` do everything on a fresh machine. See CONTRIBUTING.md.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed

.PHONY: run test test-rabbitmq-4 check bench screenshots system-packages clean

run: $(STAMP)  ## open the window
	@packaging/system-packages run
	$(BIN)/workq $(ARGS)

test: $(STAMP) check  ## everything: static checks, unit, integration, window
	@packaging/system-packages test
	$(BIN)/python -m pytest $(ARGS)

check: $(STAMP)  ## the static part
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache

bench: $(STAMP)  ## figures: ours beside bare pika, and the smoothness of the window
	@packaging/system-packages test
	$(BIN)/python -m tests.bench.publish
	$(BIN)/python -m tests.bench.redeliver
	$(BIN)/python -m tests.bench.smoothness
	$(BIN)/python -m tests.bench.frames
	$(BIN)/python -m tests.bench.latency
	$(BIN)/python -m tests.bench.memory
	$(BIN)/python -m tests.bench.events
	$(BIN)/python -m tests.bench.timeline
	$(BIN)/python -m tests.bench.charts
	$(BIN)/python -m tests.bench.wire
	$(BIN)/python -m tests.bench.recording
	$(BIN)/python -m tests.bench.replay
	$(BIN)/python -m tests.bench.broker_speed
	$(BIN)/python -m tests.bench.broker_depth
	$(BIN)/python -m tests.bench.broker_kills
	$(BIN)/python -m tests.bench.broker_fuzz
	$(BIN)/python -m tests.bench.observe
	$(BIN)/python -m tests.bench.soak

test-rabbitmq-4: $(STAMP)  ## scenarios, verbs and conformance on a RabbitMQ 4.3, made in a folder (root only)
	@packaging/system-packages test
	$(BIN)/python -m tests.conformance.rabbitmq_4

screenshots: $(STAMP)  ## docs/images/, from the real window
	@packaging/system-packages test
	$(BIN)/python -m tests.screenshots $(ARGS)

$(STAMP): pyproject.toml packaging/system-packages
	@packaging/system-packages python
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	@touch $@

clean:  ## forget the virtual environment and all caches
	rm -rf $(VENV) build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
