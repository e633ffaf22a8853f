# Lists the recipes.
default:
    @just --list

# Lint, types, architecture, tests.
check: lint types arch test

# The whole test suite, on all processors; arguments go to pytest.
test *ARGS:
    pytest -n auto --dist loadfile --no-loadscope-reorder {{ARGS}}

# The tests that another Python or machine could fail: all but the long random and process ones.
test-quick *ARGS:
    pytest -n auto --dist loadfile --no-loadscope-reorder -m "not long" {{ARGS}}

# Formatting and lint rules.
lint:
    ruff format --check
    ruff check

# mypy and pyright, both strict.
types:
    mypy
    pyright

# The layers of ARCHITECTURE.md, by import-linter.
arch:
    lint-imports

# Formats, and mends what ruff can mend.
fmt:
    ruff format
    ruff check --fix

# Random histories, deliveries, crashes and races; `just simulate SEED` repeats one.
simulate *ARGS:
    python -m tests.simulation {{ARGS}}

# What the work costs beside its bare limit; `--quick` takes about a minute.
bench *ARGS:
    python -m benchmarks {{ARGS}}

# The demo on the sample history; ends by itself.
demo *ARGS:
    conflict-timeline demo --once {{ARGS}}

# Writes the published schemas anew from the structs.
schemas:
    python -m conflict_events.published schemas/published

# Writes deploy/requirements.txt anew: what an image installs, by hashes, and no registry's name.
requirements:
    uv export --quiet --no-dev --no-emit-workspace --no-header --no-annotate --format requirements-txt --output-file deploy/requirements.txt

# Builds the page anew from its sources; `--check` names what is stale, `--geometry` makes the maps too.
page *ARGS:
    python -m tests.services.web.page.building {{ARGS}}

# Builds the wheels that an image installs.
wheels:
    uv build --all-packages --wheel --out-dir dist

# Writes the pins in pyproject.toml anew from what is installed (after an upgrade).
pins:
    python tests/pins.py
