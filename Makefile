# Two commands matter: `make book` and `make test`. Everything else is listed by `make help`.
PYTHON ?= python3
VENV := .venv
PY := $(VENV)/bin/python
STAMP := $(VENV)/.installed
# An environment holds the path of the folder it was made in: after a move or a copy it is made anew.
ifneq ($(shell cat $(STAMP) 2>/dev/null),$(CURDIR))
CLEAR := $(if $(wildcard $(STAMP)),--clear)
.PHONY: $(STAMP)
endif

.PHONY: help setup book test lab refresh portable bench check archive lock clean
help:            ## list the targets
	@grep -E '^[a-z]+: .*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/'

$(STAMP): requirements.lock pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(0 if (3,11) <= sys.version_info[:2] <= (3,13) else "The course needs Python 3.11, 3.12 or 3.13; this is %d.%d. Try: make PYTHON=python3.12" % sys.version_info[:2])'
	$(PYTHON) -m venv $(CLEAR) $(VENV)
	$(PY) -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r requirements.lock
	$(PY) -m pip check --quiet --disable-pip-version-check
	$(PY) -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@pwd -P >$(STAMP)

setup: $(STAMP)  ## make .venv with the locked packages and the companion
book: $(STAMP)   ## build the HTML book (warnings are errors) and print the page to open
	$(PY) -m tools book
test: $(STAMP)   ## run every test, and every notebook against its stored outputs
	$(PY) -m tools test
lab: $(STAMP)    ## open the chapters in JupyterLab
	$(PY) -m tools lab
refresh: $(STAMP) ## re-execute the notebooks; rewrite outputs, results.json and bound numbers
	$(PY) -m tools refresh
portable: $(STAMP) ## run the pages as on other processors (PAGES=…); print each digit that moves
	$(PY) -m tools portable $(PAGES)
bench: $(STAMP)  ## print the table of ratios measured side by side
	$(PY) -m tools bench
check: $(STAMP)  ## lint, types, spelling, notebook hygiene and the lock
	$(PY) -m tools check
archive: $(STAMP) ## the offline book as a zip with its SHA-256
	$(PY) -m tools archive
lock:            ## resolve the requirements again (needs uv)
	uv pip compile pyproject.toml --extra dev --universal --python-version 3.11 --generate-hashes --no-annotate --no-header -o requirements.lock
	$(PY) -m tools environment
clean:           ## remove what the commands made
	rm -rf _build $(VENV) .venv-* .portable dist
