# Two commands matter: `make book` and `make test`. Everything else is listed by `make help`.
PYTHON ?= python3
VENV := .venv
PY := $(VENV)/bin/python
# Two steps into one environment: what building the pages needs, and with the rest what running them does.
BOOK := $(VENV)/.book
STAMP := $(VENV)/.installed
# An environment holds the path of the folder it was made in: after a move or a copy it is made anew.
ifneq ($(shell cat $(BOOK) 2>/dev/null),$(CURDIR))
CLEAR := $(if $(wildcard $(BOOK)),--clear)
.PHONY: $(BOOK)
endif
LOCKED := --require-hashes --no-deps -r
# Into the environment of one Python what one lock names. uv, which is in the lock itself, takes seconds
# for what takes pip minutes; where it does not run, or finds no index, pip does it.
install = $(VENV)/bin/uv pip install --quiet --no-config --python $(1) $(LOCKED) $(2) || \
  $(1) -m pip install --quiet --disable-pip-version-check $(LOCKED) $(2)
RESOLVE = $(VENV)/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
  --no-annotate --no-header $(UP)

.PHONY: help setup book test lab trial progress refresh portable bench check archive pdf epub reference federated lock clean
help:            ## list the targets
	@grep -E '^[a-z]+: .*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/'

$(BOOK): requirements-book.lock
	$(PYTHON) -c 'import sys; sys.exit(0 if (3,11) <= sys.version_info[:2] <= (3,13) else "The course needs Python 3.11, 3.12 or 3.13; this is %d.%d. Try: make PYTHON=python3.12" % sys.version_info[:2])'
	$(PYTHON) -m venv $(CLEAR) $(VENV)
	@sed -n '/^uv==/,/[^\\]$$/p' $< >$(VENV)/uv.lock
	-$(PY) -m pip install --quiet --disable-pip-version-check $(LOCKED) $(VENV)/uv.lock
	$(call install,$(PY),$<)
	@pwd -P >$@

$(STAMP): requirements.lock pyproject.toml $(BOOK)
	$(call install,$(PY),$<)
	$(PY) -m pip check --quiet --disable-pip-version-check
	$(PY) -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
# Without byte-code TensorFlow takes 20 s to import, not 6; and Python is often told to write none.
	-$(PY) -m compileall -q -j 0 -x '/tests?/' $(VENV)/lib
	@pwd -P >$@

setup: $(STAMP)  ## make .venv with the locked packages and the companion
book: $(BOOK)    ## build the HTML book (warnings are errors) and print the page to open
	$(PY) -m tools book
test: $(STAMP)   ## run every test, and every notebook against its stored outputs
	$(PY) -m tools test
lab: $(STAMP)    ## open JupyterLab on the chapter last read in it
	$(PY) -m tools lab
trial: $(STAMP)  ## a trial of your own: make and open trials/NAME.ipynb; with CHECK=--check say what it lacks
	@$(PY) -m tools trial $(NAME) $(CHECK)
progress: $(STAMP) ## show what you have done; FILE=… first adds a file that a browser saved
	@$(PY) -m tools progress $(FILE)
refresh: $(STAMP) ## re-execute the notebooks; rewrite outputs, results.json and bound numbers
	$(PY) -m tools refresh
portable: $(STAMP) ## run the pages as on other processors (PAGES=…); print each digit that moves
	$(PY) -m tools portable $(PAGES)
bench: $(STAMP)  ## print the table of ratios measured side by side
	$(PY) -m tools bench
check: $(STAMP)  ## lint, types, spelling, notebook hygiene and the lock
	$(PY) -m tools check
archive: $(BOOK) ## the offline book as a zip with its SHA-256
	$(PY) -m tools archive
pdf: $(STAMP)    ## the whole book as one PDF in dist/ (needs Chromium)
	$(PY) -m tools pdf
epub: $(STAMP)   ## the whole book as an EPUB in dist/ (needs Chromium)
	$(PY) -m tools epub
reference: $(STAMP) ## add PyTorch and Transformers, with which `make test` then compares
	$(call install,$(PY),requirements-reference.lock)
federated: $(BOOK) ## compare federated averaging with Flower's, in an environment of its own
	$(PYTHON) -m venv .venv-federated
	$(call install,.venv-federated/bin/python,requirements-federated.lock)
	.venv-federated/bin/python -m pytest tests/training/test_flower.py
lock: $(BOOK)    ## resolve the requirements again; what is locked stays (UP=--upgrade)
	$(RESOLVE) pyproject.toml --extra book --extra lab --extra test -o requirements.lock
	$(PY) -c 'import tomllib; print(*tomllib.load(open("pyproject.toml", "rb"))["project"]["optional-dependencies"]["book"], sep="\n")' | \
	  $(RESOLVE) - -c requirements.lock -o requirements-book.lock
	$(RESOLVE) pyproject.toml --extra reference -c requirements.lock -o requirements-reference.lock
	$(RESOLVE) pyproject.toml --extra federated --extra test -o requirements-federated.lock
	$(PY) -m tools environment
clean:           ## remove what the commands made
	rm -rf _build $(VENV) .venv-* .portable dist
