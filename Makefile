.DEFAULT_GOAL := help

# Tests run under cargo-nextest where it is installed. Doc tests stay out either way.
ifneq ($(shell command -v cargo-nextest 2>/dev/null),)
TEST := cargo nextest run --locked --workspace
else
TEST := cargo test --locked --workspace --lib --bins --tests
endif

ESCALON := -p escalon-cli --bin escalon

.PHONY: help
help: ## show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-6s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: setup
setup: ## install PostgreSQL if there is none (does nothing when all is there)
	@scripts/setup.sh

.PHONY: run
run: setup ## start the engine with demonstration data, over a Postgres of its own
	cargo run --release --locked $(ESCALON) -- demo

.PHONY: test
test: setup ## run every test
	$(TEST)

.PHONY: check
check: ## formatting, lints, layers and documentation, with warnings as errors
	cargo fmt --check
	cargo clippy --locked --workspace --all-targets -- -D warnings
	cargo xtask layers
	RUSTDOCFLAGS="-D warnings" cargo doc --no-deps --locked --workspace

.PHONY: bench
bench: setup ## measure beside peers and limits, write docs/benchmarks.md (QUICK=1 takes a short look)
	cargo run --profile bench --locked -p escalon-bench -- $(if $(QUICK),--quick)

.PHONY: doc
doc: ## build the documentation, and write schema.graphql and the data dictionary anew
	cargo doc --no-deps --workspace
	cargo run $(ESCALON) -- schema > target/schema.graphql
	mv target/schema.graphql schema.graphql
	cargo run $(ESCALON) -- analytics dictionary > target/data-dictionary.md
	mv target/data-dictionary.md docs/data-dictionary.md
