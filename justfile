# List the recipes.
[private]
default:
    @just --list

# Run everything that CI runs
check: lint types test

# Check format and style of the harness; rendered code is checked where it is rendered
lint:
    uv run ruff format --check
    uv run ruff check

# Check the types of the harness
types:
    uv run mypy

# Render every variant and run its checks
test *arguments:
    uv run pytest {{ arguments }}

# Write anew the lists of rendered files, and the contract that services are born with
golden:
    uv run pytest tests/test_template.py tests/test_contract.py --write-golden -k exactly

# Print what a birth costs
benchmark:
    uv run python -m tests.benchmarks.birth

# Write anew the reference page and the JSON Schema of contexts.yml
language:
    uv run python -m extensions.strata_contexts.generate

# List the last commit as a release; docs/releases.md describes the steps before and after
release:
    uv run python -m tests.releases add
