# The tasks of whoever changes wavepair, by name; `make` lists them.
#
# Nothing is said twice: the steps are those of .ci/run, and the others are one command each.

steps := $(shell .ci/run --list | awk '{ print $$1 }')

.PHONY: help ci $(steps) bench fuzz planted mutants reproducible package

help:
	@echo 'ci      all of these steps, in this order:'
	@.ci/run --list | sed 's/^/  /'
	@echo 'bench   what a wave costs, next to the least that it could cost'
	@echo 'fuzz    each fuzz target for SECONDS (60), or TARGET alone'
	@echo 'planted each bug of tests/planted is caught'
	@echo 'mutants each change to what decides about sending is caught; an hour'
	@echo 'reproducible  two builds of the commit are the same, byte for byte'
	@echo 'package the Debian package, installed and run in a clean root; BINARY packs that one'

ci:
	@.ci/run

$(steps):
	@.ci/run $@

bench:
	cargo bench --locked

fuzz:
	fuzz/run $(or $(TARGET),all) $(or $(SECONDS),60)

planted:
	tests/planted/check

mutants:
	cargo mutants

reproducible:
	.ci/reproducible

package:
	.ci/package $(BINARY)
