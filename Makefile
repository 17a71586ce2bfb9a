# What a person types. `make help` lists it.

PREFIX ?= /usr/local
# Where systemd looks for units of the machine.
UNITDIR ?= /etc/systemd/system
# Captures for `make run`: one path, or several separated by blanks.
CAPTURE ?= $(wildcard samples/*.pcap*)
# More options for smtpscope, as in `make run ARGS=--dialogue`.
ARGS ?=

# For `make fuzz`: which target, all of them where none is said; and how long for each.
TARGET ?=
SECONDS ?= 60

BINARY := .build/release/smtpscope
SWIFT_SOURCES := Sources Tests Benchmarks/Micro Fuzzing Package.swift

export CAPTURE

.DEFAULT_GOAL := help
.PHONY: help fuzz run build test lint format bench bench-micro bench-compare bench-baseline install install-service setup

help: ## list what can be made
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' Makefile
	@echo
	@echo '  make run CAPTURE=my.pcap ARGS=--dialogue     read your own capture'
	@echo '  make install PREFIX=$$HOME/.local             install below another directory'

run: build ## build, then analyze the samples or CAPTURE=my.pcap
	@if [ -e "$$CAPTURE" ]; then set -- "$$CAPTURE"; else set -- $$CAPTURE; fi; $(BINARY) $(ARGS) "$$@"

build: setup ## build the release binary
	@[ -x $(BINARY) ] || echo 'building smtpscope; the first time takes some minutes' >&2
	@swift build -c release --product smtpscope >&2

test: setup ## build and run every test
	@swift build --build-tests
	@swift test --skip-build --disable-xctest

lint: ## check that the sources are formatted
	@swift format lint --strict --parallel -r $(SWIFT_SOURCES)

format: ## format the sources
	@swift format --in-place --parallel -r $(SWIFT_SOURCES)

fuzz: setup ## feed what strangers may send: TARGET=dialogue SECONDS=600; all targets without TARGET
	@python3 Fuzzing/fuzz.py --seconds $(SECONDS) $(TARGET)

bench: build ## measure everything beside bare loops; BENCH='--only hash --mb 200', BENCH=my.pcap, BENCH=--help
	@python3 Benchmarks/run.py $(BENCH)

bench-micro: setup ## count the instructions of single parts
	@python3 Benchmarks/run.py --only micro $(BENCH)

bench-compare: setup ## count them and say what takes more than in Benchmarks/baseline.json
	@python3 Benchmarks/run.py --only micro --compare Benchmarks/baseline.json $(BENCH)

bench-baseline: setup ## count them and keep that as Benchmarks/baseline.json
	@python3 Benchmarks/run.py --only micro --save Benchmarks/baseline.json $(BENCH)

# Not built again when it is there: `sudo make install` need not find swift.
install: ## install the release binary below PREFIX (/usr/local)
	@[ -x $(BINARY) ] || $(MAKE) build
	@install -d "$(DESTDIR)$(PREFIX)/bin"
	@install -m 755 $(BINARY) "$(DESTDIR)$(PREFIX)/bin/smtpscope"
	@echo "installed $(DESTDIR)$(PREFIX)/bin/smtpscope"

install-service: install ## install the systemd unit too; it is neither enabled nor started
	@install -d "$(DESTDIR)$(UNITDIR)"
	@sed 's|@bindir@|$(PREFIX)/bin|' packaging/smtpscope.service >"$(DESTDIR)$(UNITDIR)/smtpscope.service"
	@chmod 644 "$(DESTDIR)$(UNITDIR)/smtpscope.service"
	@echo "installed $(DESTDIR)$(UNITDIR)/smtpscope.service; systemctl enable --now smtpscope starts it"

setup: ## check for what building needs; install missing packages
	@.ci/setup
