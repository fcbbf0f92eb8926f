# Each target sets up what it needs. `make book` and `make test` are all that a fresh machine has to be told.
PYTHON := .venv/bin/python

.PHONY: book serve lab chapters facts published covered times test cold costs bench requirements clean

book: .venv/ready
	$(PYTHON) tools/book.py

serve: book
	$(PYTHON) tools/serve.py

lab: .venv/ready
	.venv/bin/jupyter lab chapters

chapters: .venv/ready
	$(PYTHON) tools/chapters.py

facts: .venv/ready
	$(PYTHON) tools/facts.py

published: .venv/ready
	$(PYTHON) tools/published.py

covered: .venv/ready
	$(PYTHON) tools/covered.py

times: .venv/ready
	$(PYTHON) tools/times.py

test: .venv/ready
	$(PYTHON) tools/chromium.py
	$(PYTHON) -m ruff check
	$(PYTHON) -m pytest -n 2 --nbval tests chapters

# What `make test` leaves to once a week: CONTRIBUTING.md says why.
cold: test
	$(PYTHON) -m pytest -n 2 --nbval --own-processor chapters

costs: .venv/ready
	$(PYTHON) tools/costs.py

bench: .venv/ready
	$(PYTHON) tools/chromium.py
	for program in accuracy kernels vector explorer page python; do $(PYTHON) benchmarks/$$program.py || exit; done

# The exact versions, for every system and Python that pyproject.toml allows.
requirements:
	uv pip compile --quiet --universal --upgrade --all-extras --no-annotate \
	    --custom-compile-command "make requirements" --output-file requirements.txt pyproject.toml

clean:
	rm -rf _build .runtime .venv .uv

.venv/ready: requirements.txt pyproject.toml tools/setup.sh
	sh tools/setup.sh
