# make run ARGS="generate gpt 'a lighthouse' --demo"   ·   make test   ·   make help
SHELL := /bin/sh
VENV := .venv
PY := $(VENV)/bin/python
PIP := $(PY) -m pip --disable-pip-version-check -qq
PYTHON ?=
ARGS ?=
# Stamps are written last, so an installation that broke off does not count.
RUN := $(VENV)/.installed-run
DEV := $(VENV)/.installed-dev
PROJECT := $(VENV)/.installed-project
SAY := echo >&2 imagedeck:
TRY_AGAIN := { $(SAY) "that did not work, pip says above why ('from versions: none' means that it got no list: check the network). The next try fetches what is missing; 'make clean' starts over."; exit 1; }

.DEFAULT_GOAL := help
.PHONY: help run test test-shared check bench soak corpora messages lock clean project
.NOTPARALLEL:
.SUFFIXES:

help: ## say what can be made
	@awk -F ':[^#]*## ' '/^[a-z-]+:.*## / {printf "make %-11s  %s\n", $$1, $$2}' Makefile

run: $(RUN) project ## start imagedeck, or what ARGS says: ARGS="generate gpt 'a lighthouse' --demo"
	@exec $(VENV)/bin/imagedeck $(value ARGS)

test: $(RUN) $(DEV) project ## run the tests against the installed package, with coverage
	@$(PY) -P -m pytest -n auto --dist worksteal --cov --cov-report=term:skip-covered --cov-fail-under=95

test-shared: $(RUN) $(DEV) project ## run the tests of a shared database against a PostgreSQL of their own
	@.ci/postgres $(PY) -P -m pytest -n 2 --dist worksteal -k "postgres or shared or delivery or tending" tests/services tests/cli tests/api tests/app tests/faults/shared \
		--cov --cov-config=.ci/coverage-shared --cov-report=term:skip-covered --cov-fail-under=94 \
		|| test $$? -eq 77

check: $(RUN) $(DEV) ## format, lint, types, import contracts, and the wheel: built, installed, started
	@.ci/check $(VENV)

bench: $(RUN) $(DEV) project ## measure what the README claims about speed, with short settings
	@for each in bench/*.py; do \
		echo "== $$each"; IMAGEDECK_BENCH=short PYTHONPATH=bench $(PY) -P "$$each" || exit 1; \
	done

soak: $(RUN) $(DEV) project corpora ## run the long fault tests
	@postgres=.ci/postgres; .ci/postgres true || postgres=; \
	$$postgres $(PY) -P -m pytest -m soak || { code=$$?; \
		test $$code -eq 5 && $(SAY) "SKIP soak: no test carries the marker" || exit $$code; }

corpora: $(RUN) ## fetch the hostile strings, JSON and images of the long fault tests, once
	@.ci/corpora $(VENV)

messages: $(RUN) $(DEV) ## gather the texts of the source; each .po file then shows what to translate
	@$(PY) .ci/messages.py

lock: $(VENV)-lock/bin/uv ## write requirements/*.txt anew: exact versions with hashes
	@$(SAY) "resolving requirements/dev.txt, then run.txt within its versions"
	@$(LOCK) --extra shared --group dev -o requirements/dev.txt
	@$(LOCK) -c requirements/dev.txt -o requirements/run.txt

clean: ## delete the environments and everything that was built
	rm -rf $(VENV) $(VENV)-lock .corpora build dist .coverage .hypothesis .*_cache
	find tui tests bench -name __pycache__ -type d -prune -exec rm -rf {} +

LOCK = $(VENV)-lock/bin/uv pip compile --quiet --upgrade --universal --python-version 3.11 \
	--generate-hashes --no-emit-index-url --no-emit-find-links --no-header \
	pyproject.toml requirements/build.in

$(VENV)-lock/bin/uv:
	@python=`.ci/python "$(PYTHON)"` && $(SAY) "installing uv into $(VENV)-lock, once …" \
		&& "$$python" -m venv $(VENV)-lock
	@$(VENV)-lock/bin/python -m pip --disable-pip-version-check -qq install uv || $(TRY_AGAIN)

# Only the presence of the environment counts, not its age.
$(RUN): requirements/run.txt | $(PY)
	@$(SAY) "installing the locked packages into $(VENV), once …"
	@$(PIP) install --no-deps --require-hashes -r requirements/run.txt >&2 || $(TRY_AGAIN)
	@touch $@

$(DEV): requirements/dev.txt | $(PY)
	@$(SAY) "installing the locked packages for tests and checks into $(VENV), once …"
	@$(PIP) install --no-deps --require-hashes -r requirements/dev.txt >&2 || $(TRY_AGAIN)
	@touch $@

$(PY):
	@python=`.ci/python "$(PYTHON)"` && $(SAY) "making $(VENV) with $$python …" \
		&& "$$python" -m venv --clear $(VENV)

# By contents, not by age: a checkout changes ages, a deletion none. The folder is in the stamp
# because the installed command has it in its first line.
project: $(RUN)
	@now="$(CURDIR) `find tui styles pyproject.toml -type f ! -name '*.pyc' -exec cksum {} + \
			| sort | cksum`"; \
	test "$$now" = "`cat $(PROJECT) 2>/dev/null`" || { \
		$(SAY) "installing imagedeck itself into $(VENV) …"; \
		$(PIP) install --no-deps --no-build-isolation . >&2 || $(TRY_AGAIN); \
		echo "$$now" > $(PROJECT); }
