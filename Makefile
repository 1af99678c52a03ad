# The two commands of the README: each makes the environment it needs.
PYTHON ?= python3
VENV := .venv
READY := $(VENV)/.ready
TORCH := torch==2.13.0

.PHONY: verify test docs site lint index exact kernel benchmark peers kill-test clean

verify: $(READY)
	$(VENV)/bin/udm verify --no-cache

test: $(READY)
	$(VENV)/bin/python -m pytest -n 2 --dist loadgroup

# Pages with every warning as an error; the tests build them too, and run what they show.
docs: $(READY)
	@began=$$(date +%s); $(VENV)/bin/python -m sphinx -W --keep-going -q -b html docs docs/_build/html \
	&& echo "docs/_build/html/index.html, built in $$(( $$(date +%s) - began )) s"

# A page for every claim and paper, with the documentation; then its links, HTML and, with a browser and npm, its accessibility.
AXE := 4.14.1
TOOLS := docs/_build/tools
site: $(READY)
	$(VENV)/bin/udm site docs/_build/site
	@test -e $(TOOLS)/node_modules/axe-core/axe.min.js || npm install --silent --no-save --prefix $(TOOLS) axe-core@$(AXE) \
	|| echo "no axe-core: accessibility will not be checked"
	$(VENV)/bin/python -m docs.checks docs/_build/site

lint: $(READY)
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/pyright
	$(VENV)/bin/lint-imports

# What `udm find` searches, after a change of claims or of how they print.
index: $(READY)
	$(VENV)/bin/python -m derivations.papers.index

# The tables of `udm exact`, which take minutes.
exact: $(READY)
	$(VENV)/bin/python -m derivations.exact

# Claims as theorems, checked by Coq, which comes from Debian's packages where it is missing.
COQ := coq libcoq-coquelicot libcoq-interval
kernel: $(READY)
	command -v coqc > /dev/null || { apt-get update -qq && apt-get install -y -qq --no-install-recommends $(COQ); }
	$(VENV)/bin/python -m derivations.kernel

# Thirty kills at random moments; `make test` keeps three.
kill-test: $(READY)
	$(VENV)/bin/python -m tests.support.kill --kills 30

# Packages that `udm check` knows and whose dependencies would fetch another torch.
peers: $(READY)
	$(VENV)/bin/python -m pip install --quiet --no-deps --requirement benchmarks/conformance.txt

# The peers come without their dependencies on torch, which would fetch another build of it.
benchmark: $(READY)
	$(VENV)/bin/python -m pip install --quiet --no-deps --requirement benchmarks/peers.txt
	$(VENV)/bin/python benchmarks/import_time.py
	$(VENV)/bin/python benchmarks/verify_time.py
	$(VENV)/bin/python benchmarks/accuracy.py
	$(VENV)/bin/python benchmarks/training.py
	$(VENV)/bin/python benchmarks/digits.py

# torch by exact version, alone and first: a range may fetch gigabytes of GPU libraries.
$(READY): pyproject.toml constraints.txt
	$(PYTHON) -c "import sys; sys.exit(sys.version_info < (3, 11) and 'udm: expected Python 3.11 or later, got ' + sys.version)"
	test -x $(VENV)/bin/python || $(PYTHON) -m venv $(VENV)
	$(VENV)/bin/python -m pip install --quiet --disable-pip-version-check $(TORCH)
	$(VENV)/bin/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable ".[verify,train,images,data,docs,test,lint]"
	touch $(READY)

clean:
	rm -rf $(VENV)
