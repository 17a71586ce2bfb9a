# What a person types. `make help` lists it.

PREFIX ?= /usr/local
# Where systemd looks for units of the machine.
UNITDIR ?= /etc/systemd/system
# Where man and the shells look for what belongs to a program below PREFIX.
MANDIR ?= $(PREFIX)/share/man
BASHDIR ?= $(PREFIX)/share/bash-completion/completions
ZSHDIR ?= $(PREFIX)/share/zsh/site-functions
FISHDIR ?= $(PREFIX)/share/fish/vendor_completions.d
DOCDIR ?= $(PREFIX)/share/doc/smtpscope
# Takes the symbols out of the installed program; nothing does not.
STRIP ?= strip
# Captures for `make run`: one path, or several separated by blanks.
CAPTURE ?= $(wildcard samples/*.pcap*)
# More options for smtpscope, as in `make run ARGS=--dialogue`.
ARGS ?=

# For `make fuzz`: which target, all of them where none is said; and how long for each.
TARGET ?=
SECONDS ?= 60

BINARY := .build/release/smtpscope
# The manual page and the completions, made from what the program says of itself.
DOCUMENTS := .build/documents
SWIFT_SOURCES := Sources Tests Benchmarks/Micro Fuzzing Examples Package.swift

export CAPTURE

.DEFAULT_GOAL := help
.PHONY: help profile test-sanitized fuzz docs run build test lint format bench bench-live bench-micro bench-compare \
  bench-baseline man documents install install-service mutants uninstall deb deb-check setup nightly

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
	@$(MAKE) --no-print-directory documents

# With TRAPS=1 undefined behaviour in C ends the test that has it; it takes no longer, but a change of it builds all anew.
TRAPS ?=
test: setup ## build and run every test
	@swift build --build-tests $(if $(TRAPS),$(UNDEFINED))
	@swift test --skip-build --disable-xctest $(if $(TRAPS),$(UNDEFINED))

lint: ## check that the sources are formatted
	@swift format lint --strict --parallel -r $(SWIFT_SOURCES)

format: ## format the sources
	@swift format --in-place --parallel -r $(SWIFT_SOURCES)

# address, thread or undefined; FILTER names the tests, all of them where it is empty.
SANITIZER ?= address
FILTER ?=
WATCHED = $(CURDIR)/.build/$(SANITIZER)
# Swift has none for undefined behaviour here, and traps by itself in every build; the C of our shims and of the libraries can
# be made to trap too.
UNDEFINED = -Xcc -fsanitize=undefined -Xcc -fsanitize-trap=undefined
# Without its last look at what it made: Swift 6.3 passes a word where its address should stand in a function of
# swift-collections' hash tables, which nothing here calls, and then refuses its own work.
THREAD = --sanitize=thread -Xlinker $(WATCHED)/watched_mutex.o -Xswiftc -Xfrontend -Xswiftc -disable-llvm-verify
ADDRESS = --sanitize=address
SANITIZED = $(if $(filter undefined,$(SANITIZER)),$(UNDEFINED),$(if $(filter thread,$(SANITIZER)),$(THREAD),$(ADDRESS)))
# What is found goes into files, whichever program it is found in: the tests look at the status of most, not of those that they
# end themselves.
test-sanitized: setup ## the tests under a sanitizer: SANITIZER=thread FILTER=SMTPAnalysisTests
	@mkdir -p $(WATCHED) && rm -f $(WATCHED)/found.*
	@[ $(SANITIZER) != thread ] || clang -O1 -fPIC -c -o $(WATCHED)/watched_mutex.o Tests/Tools/watched_mutex.c
	@swift build --build-tests $(SANITIZED) --scratch-path $(WATCHED)
	@status=0; SMTPSCOPE_SANITIZER=$(SANITIZER) ASAN_OPTIONS=detect_leaks=1:log_path=$(WATCHED)/found \
	  TSAN_OPTIONS=log_path=$(WATCHED)/found \
	  swift test --skip-build --disable-xctest $(SANITIZED) --scratch-path $(WATCHED) \
	  $(if $(FILTER),--filter "$(FILTER)") || status=$$?; \
	for found in $(WATCHED)/found.*; do [ ! -e "$$found" ] || { cat "$$found"; status=1; }; done; exit $$status

nightly: setup ## what takes hours: attacks by the million, every test under each sanitizer, longer fuzzing
	@.ci/nightly

fuzz: setup ## feed what strangers may send: TARGET=dialogue SECONDS=600; all targets without TARGET
	@python3 Fuzzing/fuzz.py --seconds $(SECONDS) $(TARGET)

# The tests' own test: LAYER=dialogue, all three where it is empty; how many places of each, and which draw of them.
LAYER ?=
COUNT ?= 110
SEED ?= 1
mutants: setup ## break the code in small ways and count what the tests notice: LAYER=dialogue COUNT=110 SEED=1
	@python3 Tests/Mutations/check.py $(if $(LAYER),--layer $(LAYER)) --count $(COUNT) --seed $(SEED)

bench: build ## measure everything beside bare loops; BENCH='--only hash --mb 200', BENCH=my.pcap, BENCH=--help
	@python3 Benchmarks/run.py $(BENCH)

profile: setup ## count what the release build runs most, for the compiler to go by: Benchmarks/release.profdata
	@SMTPSCOPE_PROFILING=1 swift build -c release --product smtpscope --scratch-path .build/profiling
	@Benchmarks/profile.py .build/profiling/release/smtpscope

bench-live: build ## replay a capture over a cable and find where live loses packets: CAPTURE=my.pcap; root only
	@python3 Benchmarks/live.py $(CAPTURE)

bench-micro: setup ## count the instructions of single parts
	@python3 Benchmarks/run.py --only micro $(BENCH)

bench-compare: setup ## count them and say what takes more than in Benchmarks/baseline.json
	@python3 Benchmarks/run.py --only micro --compare Benchmarks/baseline.json $(BENCH)

bench-baseline: setup ## count them and keep that as Benchmarks/baseline.json
	@python3 Benchmarks/run.py --only micro --save Benchmarks/baseline.json $(BENCH)

man: build ## build, then show the manual page
	@man -l $(DOCUMENTS)/smtpscope.1

documents: $(DOCUMENTS)/smtpscope.1

$(DOCUMENTS)/smtpscope.1: $(BINARY) $(wildcard packaging/*.py packaging/*.in packaging/completions/*)
	@mkdir -p $(DOCUMENTS)
	@for shell in bash zsh fish; do \
	  packaging/completions.py $(BINARY) $$shell >$(DOCUMENTS)/smtpscope.$$shell || exit 1; \
	done
	@SOURCE_DATE_EPOCH="$${SOURCE_DATE_EPOCH:-$$(git log -1 --format=%ct 2>/dev/null)}" \
	  packaging/manual.py $(BINARY) >$@.new && mv $@.new $@

# Not built again when it is there: `sudo make install` need not find swift.
$(BINARY):
	@$(MAKE) --no-print-directory build

install: documents ## install the release binary, its manual, completions and documentation below PREFIX (/usr/local)
	@install -D -m 755 $(BINARY) "$(DESTDIR)$(PREFIX)/bin/smtpscope"
	@if [ -n "$(STRIP)" ] && command -v "$(STRIP)" >/dev/null; then "$(STRIP)" "$(DESTDIR)$(PREFIX)/bin/smtpscope"; fi
	@install -D -m 644 $(DOCUMENTS)/smtpscope.1 "$(DESTDIR)$(MANDIR)/man1/smtpscope.1"
	@install -D -m 644 $(DOCUMENTS)/smtpscope.bash "$(DESTDIR)$(BASHDIR)/smtpscope"
	@install -D -m 644 $(DOCUMENTS)/smtpscope.zsh "$(DESTDIR)$(ZSHDIR)/_smtpscope"
	@install -D -m 644 $(DOCUMENTS)/smtpscope.fish "$(DESTDIR)$(FISHDIR)/smtpscope.fish"
	@install -d "$(DESTDIR)$(DOCDIR)/docs"
	@install -m 644 README.md $(wildcard LICENSE* COPYING* NOTICE*) "$(DESTDIR)$(DOCDIR)"
	@install -m 644 $(wildcard docs/*.md docs/*.json) "$(DESTDIR)$(DOCDIR)/docs"
	@echo "installed $(DESTDIR)$(PREFIX)/bin/smtpscope, its manual page and completions"

install-service: install ## install the systemd unit too; it is neither enabled nor started
	@install -d "$(DESTDIR)$(UNITDIR)"
	@sed 's|@bindir@|$(PREFIX)/bin|' packaging/smtpscope.service >"$(DESTDIR)$(UNITDIR)/smtpscope.service"
	@chmod 644 "$(DESTDIR)$(UNITDIR)/smtpscope.service"
	@echo "installed $(DESTDIR)$(UNITDIR)/smtpscope.service; systemctl enable --now smtpscope starts it"

uninstall: ## remove what install and install-service put there
	@rm -f "$(DESTDIR)$(PREFIX)/bin/smtpscope" "$(DESTDIR)$(MANDIR)/man1/smtpscope.1" "$(DESTDIR)$(BASHDIR)/smtpscope" \
	  "$(DESTDIR)$(ZSHDIR)/_smtpscope" "$(DESTDIR)$(FISHDIR)/smtpscope.fish" "$(DESTDIR)$(UNITDIR)/smtpscope.service"
	@rm -rf "$(DESTDIR)$(DOCDIR)"
	@echo "removed smtpscope from $(DESTDIR)$(PREFIX)"

deb: build ## make a Debian package, .build/deb/smtpscope_*.deb
	@packaging/debian/build $(BINARY)

deb-check: ## install that package in a new Debian, try it, remove it: nothing may be left (root, debootstrap)
	@packaging/debian/check

setup: ## check for what building needs; install missing packages
	@.ci/setup

DOCS ?= .build/documentation
docs: setup ## write the documentation of the library products, as web pages, into DOCS
	@swift package dump-symbol-graph --minimum-access-level public --skip-synthesized-members >/dev/null
	@rm -rf .build/symbols && mkdir -p .build/symbols
	@for module in Wire Threads CaptureReading PacketDecoding TCPStreams SMTPDialogue SMTPAnalysis; do \
	  cp .build/*/symbolgraph/$$module*.symbols.json .build/symbols/; done
	@docc convert docs/Library.docc --diagnostic-level error --fallback-display-name smtpscope --fallback-bundle-identifier smtpscope \
	  --additional-symbol-graph-dir .build/symbols --output-path $(DOCS)
	@echo "written to $(DOCS)"
