# Palette: everything a person or a machine does here has a name below. `make` alone lists them.

PYTHON  ?= python3
PORT    ?= 8501
ADDRESS := 127.0.0.1
SITE    ?= 8502
DATA    := $(or $(PALETTE_DATA),data)
PUBLIC  := $(or $(PALETTE_PUBLIC),public)
OFFICE  := $(DATA)/palette.db
BIN     := .venv/bin
STAMP   := .venv/installed

.DEFAULT_GOAL := help
.PHONY: help install setup run test check audit pictures benchmark requirements clean browser office nginx

help: ## Lists what can be asked for
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /\1\t/' | awk -F '\t' '{ printf "  make %-13s %s\n", $$1, $$2 }'

install: $(STAMP) ## Makes .venv with what Palette needs to run (requirements.txt), as a server does; costs nothing the second time
setup: $(STAMP)-test ## The same, and what its checks need (requirements-test.txt)

# A change of requirements.txt makes the folder anew, so that what was dropped from it is gone as well. The stamp comes
# last: an installation that was cut off is begun again, never taken for a finished one.
$(STAMP): requirements.txt
	@command -v $(PYTHON) >/dev/null || { echo "Palette : Python 3.11 ou plus récent est nécessaire ; « $(PYTHON) » est introuvable. (Python >= 3.11 is needed; try PYTHON=python3.11)" >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Palette : Python 3.11 ou plus récent est nécessaire ; « $(PYTHON) » est $$($(PYTHON) -V 2>&1). (Python >= 3.11 is needed; try PYTHON=python3.11)" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { echo "Palette : il manque le module venv de Python (Debian : apt install python3-venv). (Python's venv module is missing)" >&2; exit 1; }
	@echo "Palette : installation dans .venv, une minute environ… / installing into .venv, about a minute…"
	@$(PYTHON) -m venv --clear .venv
	@$(PIP) -r requirements.txt
	@touch $@
$(STAMP)-test: $(STAMP) requirements-test.txt
	@$(PIP) -r requirements.txt -r requirements-test.txt
	@touch $@
PIP = $(BIN)/pip install --quiet --disable-pip-version-check --require-hashes

# The demonstration is made, and its figures published, only where no office file is: an existing one is never touched.
# `exec` puts the launcher in the place of the shell, so that Ctrl-C, or ending make, ends both servers and leaves
# nothing behind.
run: install ## Starts Palette and the partners' site (PORT=8501, SITE=8502, PALETTE_DATA=data, PALETTE_PUBLIC=public); Ctrl-C stops both
	@mkdir -p "$(DATA)" "$(PUBLIC)"
	@new=; test -e "$(OFFICE)" || { $(BIN)/python -m db demo "$(OFFICE)"; new=--publish-demonstration; }; \
	PALETTE_DATA="$(DATA)" exec $(BIN)/python -m server.launcher --office="$(OFFICE)" --public="$(PUBLIC)" \
	    --address=$(ADDRESS) --port=$(PORT) --site-port=$(SITE) $$new

test: setup browser office nginx ## Style, types and every test, browser tests included (ARGS="-k aid" for some)
	$(STYLE)
	@$(call PROVE,)

check: setup office ## Style, types and every test without a browser (ARGS="-k aid" for some)
	$(STYLE)
	@$(call PROVE,-m "not browser")

STYLE = $(BIN)/ruff check . && $(BIN)/ruff format --check .

# Types and dangers are looked at while tests run, and told after them: alone they would keep one processor of two idle.
# Workers take tests from each other (worksteal), so that no one file is waited for at the end.
PROVE = \
	beside="$$(mktemp)"; \
	{ $(BIN)/mypy && $(BIN)/bandit --quiet --configfile pyproject.toml --recursive app.py db pages partners publication reports server; } \
	    >"$$beside" 2>&1 & looking=$$!; \
	trap 'kill $$looking 2>/dev/null; rm -f "$$beside"' EXIT; \
	CHROMIUM="$$($(FIND_CHROMIUM))" $(BIN)/pytest -n auto --dist worksteal $(1) $(ARGS); tests=$$?; \
	wait $$looking; types=$$?; echo "— types (mypy) and dangers (bandit):"; cat "$$beside"; \
	exit $$(( tests || types ))

# Browser tests run in the system's Chromium, and are never skipped for want of one: a green run that left out what a
# person sees would be worse than a red one. Its headless shell is the same engine without windows, a tenth faster.
FIND_CHROMIUM = for name in "$$CHROMIUM" chromium-headless-shell chromium chromium-browser google-chrome; do command -v "$$name" && break; done
browser:
	@found="$$($(FIND_CHROMIUM))"; test -z "$$found" || exit 0; \
	if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	    export DEBIAN_FRONTEND=noninteractive; apt-get update && { apt-get install -y chromium-headless-shell || apt-get install -y chromium; }; \
	else \
	    echo "Palette : les tests ont besoin de Chromium ; installez-le (Debian : sudo apt install chromium) ou donnez son chemin : make test CHROMIUM=…  (the tests need Chromium)" >&2; exit 1; \
	fi

# Tests open the decks and sheets in LibreOffice, as whoever receives them does; nor are these ever skipped.
office:
	@command -v "$${SOFFICE:-soffice}" >/dev/null && exit 0; \
	if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	    apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends libreoffice-impress libreoffice-calc fonts-liberation; \
	else \
	    echo "Palette : les tests ont besoin de LibreOffice ; installez-le (Debian : sudo apt install libreoffice-impress libreoffice-calc) ou donnez son chemin : make test SOFFICE=…  (the tests need LibreOffice)" >&2; exit 1; \
	fi

# Tests put the server behind a real nginx that reads docs/nginx.conf: one of their own, on ports of their own.
nginx:
	@PATH="$$PATH:/usr/sbin:/usr/local/sbin"; command -v nginx >/dev/null && exit 0; \
	if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	    apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends nginx-light; \
	else \
	    echo "Palette : les tests ont besoin de nginx ; installez-le (Debian : sudo apt install nginx-light)  (the tests need nginx)" >&2; exit 1; \
	fi

audit: setup ## Asks PyPI whether a release we stand on is known to be vulnerable (needs the internet)
	$(BIN)/pip-audit --disable-pip --no-deps --requirement requirements.txt --requirement requirements-test.txt

pictures: setup ## Takes the pictures of the guide anew (ADDRESS_SHOWN="http://…/bienvenue?cle=… http://site…", as make run prints them)
	CHROMIUM="$$($(FIND_CHROMIUM))" $(BIN)/python -m docs.pictures $(ADDRESS_SHOWN)

benchmark: setup ## Measures what a person waits for, and says so
	$(BIN)/python -m benchmarks

# pip-tools stays out of .venv: it compiles the lists, the product never needs it. Index and links of this machine are left
# out of the files, so that they are the same wherever they are compiled.
requirements: ## Compiles requirements.in and requirements-test.in (ARGS=--upgrade for newer versions)
	@tools="$$(mktemp -d)" && trap 'rm -rf "$$tools"' EXIT && $(PYTHON) -m venv "$$tools" && \
	"$$tools/bin/pip" install --quiet --disable-pip-version-check pip-tools && \
	for name in requirements requirements-test; do \
	    CUSTOM_COMPILE_COMMAND="make requirements" "$$tools/bin/pip-compile" --quiet --generate-hashes --allow-unsafe \
	        --strip-extras --no-emit-index-url --no-emit-trusted-host --no-emit-find-links $(ARGS) "$$name.in" || exit 1; \
	done

clean: ## Removes .venv and caches; never data
	rm -rf .venv .pytest_cache .mypy_cache .ruff_cache .hypothesis test-results
	find . -name __pycache__ -type d -not -path './.git/*' -prune -exec rm -rf {} +
