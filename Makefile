# What one does here every day. `make` alone lists it. Each is one or two plain commands: read them, and use them by hand.
.DEFAULT_GOAL := help
.PHONY: help check test one sqlite lint doc browser screenshots demo bench deny mutants ci
SHELL := /bin/bash

help: ## This list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-13s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

check: ## Does everything compile? Formatting, too
	cargo fmt --all --check
	cargo check --workspace --all-targets

test: ## All Rust tests, on SQLite and PostgreSQL
	cargo test --workspace

one: ## The tests of the suite with NAME in their name: make one NAME=sign_in::
	cargo test --test suite -- $(or $(NAME),$(error which? make one NAME=sign_in::))

sqlite: ## The suite on SQLite alone, NAME as above if you like
	cargo test --test suite -- --skip postgres:: $(NAME)

lint: ## Clippy, no warning allowed
	cargo clippy --workspace --all-targets -- -D warnings

doc: ## The documentation of all rooms, private items too: target/doc
	RUSTDOCFLAGS='-D warnings' cargo doc --workspace --no-deps --document-private-items

browser: ## The pages in Chromium; FILE=sign-in.test.mjs runs one file
	cargo test --no-run --test suite
	cd tests/browser && npm ci --no-audit --no-fund && npm test -- $(FILE)

screenshots: ## Every page as a picture, into tests/browser/screenshots, and the README's
	cargo test --no-run --test suite
	cd tests/browser && npm ci --no-audit --no-fund && npm run screenshots

demo: ## A demo with nothing in it from before, in a folder that goes away
	dir=$$(mktemp -d) && trap "rm -rf $$dir" EXIT && cargo run -- demo --dir $$dir

bench: ## One load program: make bench NAME=sign_in_load (docs/benchmarks.md has all)
	cargo bench --bench $(or $(NAME),$(error which? make bench NAME=sign_in_load))

deny: ## Licences, bans, sources and advisories (cargo install --locked cargo-deny; needs the network)
	cargo deny --locked check

mutants: ## Do the room's own tests notice changes of its code? make mutants ROOM=gate (cargo install --locked cargo-mutants)
	cargo mutants --package vestibule-$(or $(ROOM),$(error which? make mutants ROOM=gate)) $(ARGS)

ci: ## Everything that must hold before a change lands (as root, on Debian 12)
	.ci/run
