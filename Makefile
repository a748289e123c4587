# SPDX-License-Identifier: ISC
#
# GNU make. Everything is built under $(BUILD); nothing is configured. Variables that a caller may set:
#
#   CC CFLAGS CPPFLAGS LDFLAGS   the usual; tlsmend's own flags stand beside them, not in them
#   DESTDIR PREFIX LIBDIR        for install
#   BUILD=build                  where to build
#   ARCH=i386                    the 32-bit library and command, where gcc is one for x86-64 (use a BUILD of its own)
#   DEBUG=1                      -Og, no FORTIFY
#   SANITIZE=address,undefined   the command and the unit tests (use a BUILD of its own)
#   SANITIZE_LIBRARY=1           the library too: LD_PRELOAD="$(gcc -print-file-name=libasan.so):$BUILD/libtlsmend.so"
#   WERROR=0                     warnings are only warnings (for packagers with a newer compiler)
#   FUZZ_SECONDS=20              time for each fuzz target
#   PYTHON=/usr/bin/python3      the one that has Debian's python3-pytest

ifeq ($(filter 4.% 5.%,$(MAKE_VERSION)),)
$(error GNU make 4 or newer is needed)
endif
.DEFAULT_GOAL := all
.DELETE_ON_ERROR:
.SECONDARY:
MAKEFLAGS += --no-builtin-rules
SHELL := /bin/sh

ifeq ($(origin CC),default)
CC := gcc
endif
AR           ?= ar
PREFIX       ?= /usr/local
LIBDIR       ?= $(PREFIX)/lib
BINDIR       ?= $(PREFIX)/bin
MANDIR       ?= $(PREFIX)/share/man
DATADIR      ?= $(PREFIX)/share/tlsmend
BASHDIR      ?= $(PREFIX)/share/bash-completion/completions
ZSHDIR       ?= $(PREFIX)/share/zsh/site-functions
FISHDIR      ?= $(PREFIX)/share/fish/vendor_completions.d
BUILD        ?= build
# One name for one file, or what was built by the scripts, which give a whole path, does not know by what a plain `make` has to build it anew.
override BUILD := $(patsubst $(CURDIR)/%,%,$(BUILD))
WERROR       ?= 1
FUZZ_SECONDS ?= 20
CLANG        ?= clang
PYTHON       ?= $(firstword $(wildcard /usr/bin/python3) python3)
PYTEST       ?= $(PYTHON) -m pytest
PYTEST_JOBS  ?= 2
INSTALL      ?= install

# The tree may lie in a folder with a space in its name; BUILD itself may not have one.
BUILD_PATH := $(if $(filter /%,$(BUILD)),$(BUILD),$(CURDIR)/$(BUILD))
# ARCH=i386 beside another architecture's compiler: gcc's -m32 (Debian: gcc-multilib).
MACHINE := $(patsubst i%86,i386,$(firstword $(subst -, ,$(shell $(CC) -dumpmachine))))
ARCH    ?= $(MACHINE)
ifeq ($(ARCH)-$(MACHINE),i386-x86_64)
override CC += -m32
endif

comma := ,
# V=1 shows the commands.
Q := $(if $(filter 1,$(V)),,@)

# ---- flags -----------------------------------------------------------------------------------------

CFLAGS ?= -O2 -g
ifeq ($(DEBUG),1)
override CFLAGS += -Og -g3 -fno-omit-frame-pointer
endif

WARNINGS := -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wpointer-arith \
            -Wcast-qual -Wwrite-strings -Wvla -Wundef
ifeq ($(WERROR),1)
WARNINGS += -Werror
endif

# Object files and messages name sources relative to the tree, so that two builds give the same bytes.
OWN_CPPFLAGS := -Iinclude -I. -D_GNU_SOURCE -D_FILE_OFFSET_BITS=64
OWN_CFLAGS   := -std=gnu11 $(WARNINGS) -fstack-protector-strong -fno-common -fno-strict-aliasing \
                -ffile-prefix-map='$(CURDIR)'=.
ifeq ($(ARCH),i386)
# gcc tells of a change in its own ABI that nobody meets here.
OWN_CFLAGS   += -Wno-psabi
endif
OWN_LDFLAGS  := -Wl,-z,relro -Wl,-z,now -Wl,-z,noexecstack
ifeq ($(DEBUG)$(SANITIZE),)
OWN_CPPFLAGS += -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2
endif
ifneq ($(SANITIZE),)
SANITIZE_FLAGS := -fsanitize=$(SANITIZE) -fno-sanitize-recover=all -fno-omit-frame-pointer
endif

# Library. initial-exec: no __tls_get_addr, which allocates. Only what hooks.def names is exported. No start files: they import
# names that a program may define.
# libbsd's strtonum and friends are linked in and hidden: a shared libbsd in every process would put
# libmd's MD5Init before the host's own.
LIB_CFLAGS  := -fPIC -fvisibility=hidden -ftls-model=initial-exec -ffunction-sections -fdata-sections
LIB_LDFLAGS := -shared -nostartfiles -static-libgcc -Wl,-z,defs -Wl,--exclude-libs,ALL -Wl,--build-id=sha1 \
               -Wl,--as-needed -Wl,--gc-sections $(OWN_LDFLAGS)
ifeq ($(ARCH),aarch64)
# libgcc's helpers for atomics would call getauxval(3) when the library is loaded.
LIB_CFLAGS  += $(shell $(CC) -mno-outline-atomics -E -x c /dev/null >/dev/null 2>&1 && echo -mno-outline-atomics)
endif
ifeq ($(ARCH),arm)
# A thread that is cancelled in a function that we watch is unwound through us; elsewhere there are tables anyway.
LIB_CFLAGS  += -funwind-tables
endif
ifeq ($(SANITIZE_LIBRARY),1)
LIB_LDFLAGS := $(filter-out -Wl$(comma)-z$(comma)defs,$(LIB_LDFLAGS)) $(SANITIZE_FLAGS)
endif
LIBBSD := -l:libbsd.a

EXE_CFLAGS  := -fPIE $(SANITIZE_FLAGS)
EXE_LDFLAGS := -pie $(OWN_LDFLAGS) $(SANITIZE_FLAGS)

# ---- sources ---------------------------------------------------------------------------------------

rooms = $(sort $(wildcard $(patsubst %,shim/%/*.c,$(1))))
# From what was seen to what is said.
TELLING := vocabulary evidence diagnose record

LIB_SRC  := $(call rooms,hooks outcome openssl policy $(TELLING) log loader base libc) $(wildcard shim/hooks/*_$(ARCH).S)
CLI_SRC  := $(call rooms,cli cli/*)
POOL_SRC := $(call rooms,base loader log outcome policy $(TELLING) openssl)
UNIT_SRC := $(sort $(wildcard tests/unit/test_*.c))
UNIT_AUX := $(sort $(filter-out $(UNIT_SRC),$(wildcard tests/unit/*.c)))
CORPORA_SRC := $(sort $(wildcard tests/corpora/*.c))
FUZZ_SRC := $(sort $(wildcard tests/fuzz/fuzz_*.c))

# Two families of objects: lib/ (the library) and exe/ (the command, units; sanitized if asked for).
LIB_OBJ  := $(patsubst %,$(BUILD)/lib/%.o,$(LIB_SRC))
CLI_OBJ  := $(patsubst %,$(BUILD)/exe/%.o,$(CLI_SRC))
POOL_OBJ := $(patsubst %,$(BUILD)/exe/%.o,$(POOL_SRC))
UNIT_OBJ := $(patsubst %,$(BUILD)/exe/%.o,$(UNIT_SRC) $(UNIT_AUX))
UNITS    := $(patsubst tests/unit/%.c,$(BUILD)/unit/%,$(UNIT_SRC))
FUZZERS  := $(patsubst tests/fuzz/%.c,$(BUILD)/fuzz/%,$(FUZZ_SRC))

# The sanitizer's runtime calls dlsym(3), and constructors call close(2), before it is ready for instrumented code, and before its
# memcpy(3) and the like are. What runs then is built without, and with memory and string functions of its own; the rest calls the
# runtime's, which check.
ifeq ($(SANITIZE_LIBRARY),1)
EARLY_OBJ := $(patsubst %,$(BUILD)/lib/%.o,$(call rooms,loader libc) shim/base/system.c shim/openssl/binding.c \
             $(addprefix shim/hooks/,dlsym.c jump.c closed.c sent.c sandbox.c))
$(filter-out $(EARLY_OBJ),$(LIB_OBJ)): LIB_CFLAGS += $(SANITIZE_FLAGS)
$(EARLY_OBJ): $(BUILD)/own-names
$(BUILD)/own-names: shim/libc/string.c
	@mkdir -p $(@D)
	$(Q)sed -n 's/^DEFINE([^,]*, \([a-z_]*\),.*/\1 own_\1/p' $< >$@
endif

# ---- what is built ---------------------------------------------------------------------------------

.PHONY: all library command units unit-programs fuzzers
unit-programs: $(UNITS) library
all: library command
library: $(BUILD)/libtlsmend.so
command: $(BUILD)/tlsmend
units: run-units $(BUILD)/corpora/causes
fuzzers: $(FUZZERS)

# Objects depend on the flags that they were built with: `make DEBUG=1` after `make` builds anew.
FLAGS_NOW := $(CC) $(CPPFLAGS) $(CFLAGS) $(LDFLAGS) $(OWN_CPPFLAGS) $(OWN_CFLAGS) $(LIB_CFLAGS) \
             $(SANITIZE_FLAGS) $(LIBDIR)
$(BUILD)/flags: force
	@mkdir -p $(@D); echo '$(subst ','\'',$(FLAGS_NOW))' | cmp -s - $@ || \
	echo '$(subst ','\'',$(FLAGS_NOW))' >$@
.PHONY: force

COMPILE = $(CC) $(OWN_CPPFLAGS) $(CPPFLAGS) -MMD -MP $(OWN_CFLAGS) $(CFLAGS)

# What the library has instead of libc's: nothing of it may become a call of itself.
$(BUILD)/lib/shim/libc/%.c.o: OWN_CPPFLAGS += -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=0
$(BUILD)/lib/shim/libc/string.c.o: LIB_CFLAGS += -ffreestanding -fno-builtin -fno-stack-protector
$(BUILD)/lib/%.c.o: %.c $(BUILD)/flags
	@mkdir -p $(@D); echo '  CC      $@'
	$(Q)$(COMPILE) $(LIB_CFLAGS) -c -o $@ $<
	$(if $(filter $@,$(EARLY_OBJ)),$(Q)objcopy --redefine-syms=$(BUILD)/own-names $@)
$(BUILD)/lib/%.S.o: %.S $(BUILD)/flags
	@mkdir -p $(@D); echo '  CC      $@'
	$(Q)$(COMPILE) $(LIB_CFLAGS) -c -o $@ $<
$(BUILD)/exe/shim/cli/%.c.o: OWN_CPPFLAGS += -DTLSMEND_LIBDIR='"$(LIBDIR)"'
# What was built: only this object changes with each commit.
REVISION := $(if $(wildcard .git),$(shell git describe --always --dirty --exclude='*' 2>/dev/null))
$(BUILD)/revision: force
	@mkdir -p $(@D); echo '$(REVISION)' | cmp -s - $@ || echo '$(REVISION)' >$@
$(BUILD)/exe/shim/cli/main.c.o: $(BUILD)/revision
$(BUILD)/exe/shim/cli/main.c.o: OWN_CPPFLAGS += $(if $(REVISION),-DTLSMEND_REVISION='" ($(REVISION))"')
$(BUILD)/exe/%.c.o: %.c $(BUILD)/flags
	@mkdir -p $(@D); echo '  CC      $@'
	$(Q)$(COMPILE) $(EXE_CFLAGS) -c -o $@ $<

# The exported names: out of hooks.def, and nowhere else. The version script's node has no name,
# because a named one leaves every hook silently unused (unversioned references do not bind to it).
$(BUILD)/exports: shim/hooks/hooks.def shim/hooks/exports.h
	@mkdir -p $(@D)
	$(Q)$(CC) -E -P -I. -x c shim/hooks/exports.h | sed -n 's/^ *EXPORT *\([A-Za-z0-9_]*\) *;* *$$/\1/p' | sort -u >$@
# ... and names for nobody, with which ld makes the filter of DT_GNU_HASH larger. Each has the value 0.
$(BUILD)/room: $(BUILD)/exports scripts/room.awk
	$(Q)$(if $(filter 1,$(SANITIZE_LIBRARY)),:,LC_ALL=C awk -f scripts/room.awk $<) >$@
$(BUILD)/libtlsmend.map: $(BUILD)/exports $(BUILD)/room
	$(Q){ echo '{'; if [ -s $< ]; then echo 'global:'; sed 's/$$/;/' $^; fi; echo 'local: *;'; echo '};'; } >$@

$(BUILD)/libtlsmend.so: $(LIB_OBJ) $(BUILD)/libtlsmend.map
	@echo '  LD      $@'
	$(Q)$(CC) $(CFLAGS) $(LIB_LDFLAGS) -Wl,--version-script=$(BUILD)/libtlsmend.map \
	    $$(sed 's/.*/-Wl,--defsym=&=0/' $(BUILD)/room) $(LDFLAGS) -o $@ $(LIB_OBJ) $(LIBBSD)

# An archive, so that the command and each unit take what they refer to and no more.
$(BUILD)/pool.a: $(POOL_OBJ)
	@rm -f $@
	$(Q)$(AR) rcsD $@ $^

$(BUILD)/tlsmend: $(CLI_OBJ) $(BUILD)/pool.a
	@echo '  LD      $@'
	$(Q)$(CC) $(CFLAGS) $(EXE_LDFLAGS) $(LDFLAGS) -o $@ $^ -lelf -ljansson -lssl -lcrypto $(LIBBSD) -ldl

# ---- tests -----------------------------------------------------------------------------------------

UNIT_AUX_OBJ := $(patsubst %,$(BUILD)/exe/%.o,$(UNIT_AUX))
$(BUILD)/unit/%: $(BUILD)/exe/tests/unit/%.c.o $(UNIT_AUX_OBJ) $(BUILD)/pool.a
	@mkdir -p $(@D)
	@echo '  LD      $@'
	$(Q)$(CC) $(CFLAGS) $(EXE_LDFLAGS) $(LDFLAGS) -o $@ $^ -lcmocka -lssl -lcrypto $(LIBBSD) -ldl

RUN_UNITS := $(patsubst $(BUILD)/unit/%,run-unit-%,$(UNITS))
.PHONY: run-units $(RUN_UNITS)
run-units: $(RUN_UNITS)
$(RUN_UNITS): run-unit-%: $(BUILD)/unit/%
	@if timeout 600 $< >$<.log 2>&1; then echo "unit $*: $$(grep -c '\[ *OK *\]' $<.log) passed"; \
	else status=$$?; cat $<.log; echo "unit $*: FAILED (status $$status)"; exit 1; fi

# Chains of public corpora, run by tests/corpora/test_corpora.py.
CORPORA_OBJ := $(patsubst %,$(BUILD)/exe/%.o,$(CORPORA_SRC))
$(BUILD)/corpora/causes: $(CORPORA_OBJ) $(BUILD)/pool.a
	@mkdir -p $(@D)
	@echo '  LD      $@'
	$(Q)$(CC) $(CFLAGS) $(EXE_LDFLAGS) $(LDFLAGS) -o $@ $^ -ljansson -lcrypto $(LIBBSD) -ldl

# Traps (tests/traps) are built by their own kit, which knows the flags of each.

# Fuzz targets: clang's own instrumentation, so all of their sources are compiled for each.
FUZZ_POOL := $(patsubst %,$(BUILD)/fuzzobj/%.o,$(POOL_SRC))
FUZZ_FLAGS := -O1 -g -fno-omit-frame-pointer -fsanitize=address,undefined -fno-sanitize-recover=all
$(BUILD)/fuzzobj/%.c.o: %.c
	@mkdir -p $(@D); echo '  CLANG   $@'
	$(Q)$(CLANG) -Iinclude -I. -D_GNU_SOURCE -MMD -MP -std=gnu11 -fno-strict-aliasing $(FUZZ_FLAGS) \
	    -fsanitize=fuzzer-no-link -c -o $@ $<
$(BUILD)/fuzz/pool.a: $(FUZZ_POOL)
	@mkdir -p $(@D)
	@rm -f $@
	$(Q)$(AR) rcsD $@ $^
$(BUILD)/fuzz/%: $(BUILD)/fuzzobj/tests/fuzz/%.c.o $(BUILD)/fuzz/pool.a
	@echo '  LD      $@'
	$(Q)$(CLANG) $(FUZZ_FLAGS) -fsanitize=fuzzer -o $@ $^ -lssl -lcrypto -lelf -ljansson $(LIBBSD) -ldl

RUN_FUZZ := $(patsubst $(BUILD)/fuzz/%,run-%,$(FUZZERS))
.PHONY: fuzz $(RUN_FUZZ)
fuzz: $(RUN_FUZZ)
# A story, a seed.
run-fuzz_story: $(BUILD)/fuzz/stories
$(BUILD)/fuzz/stories: $(wildcard tests/stories/*.story)
	@rm -rf $@; mkdir -p $@
	$(Q)awk -v to="$@/" '/^story / { close(file); file = to n++ } file { print >file }' $^
SEEDS_fuzz_story := stories
# New inputs go under $(BUILD); seeds in tests/fuzz/corpus/NAME are only read.
$(RUN_FUZZ): run-%: $(BUILD)/fuzz/%
	@mkdir -p $(BUILD)/fuzz/corpus/$*
	$(Q)tree='$(CURDIR)'; cd $(BUILD)/fuzz && timeout $$(($(FUZZ_SECONDS) + 60)) ./$* -max_total_time=$(FUZZ_SECONDS) \
	    -timeout=10 -rss_limit_mb=1024 -print_final_stats=1 \
	    $(patsubst %,-dict="$$tree"/%,$(wildcard tests/fuzz/$*.dict)) corpus/$* \
	    $(patsubst %,"$$tree"/%,$(wildcard tests/fuzz/corpus/$*)) $(SEEDS_$*) >$*.log 2>&1 || \
	    { tail -40 $*.log; echo "fuzz $*: FAILED"; exit 1; }
	@echo "fuzz $*: $$(sed -n 's/^stat::number_of_executed_units: *//p' $(BUILD)/fuzz/$*.log) inputs, no finding"

.PHONY: check check-files check-sanitized bench lint
# The library itself under AddressSanitizer, in programs that are not: make BUILD=build/asan check-sanitized
check-sanitized:
	$(Q)+$(MAKE) --no-print-directory SANITIZE=address,undefined SANITIZE_LIBRARY=1 library
	$(Q)LD_PRELOAD=$(ASAN_RUNTIME):"$(BUILD_PATH)"/libtlsmend.so ASAN_OPTIONS=detect_leaks=0 /bin/true
	TRAP_FRONT=$(ASAN_RUNTIME) ASAN_OPTIONS=detect_leaks=0 BUILD="$(BUILD_PATH)" $(PYTEST) -q -n $(PYTEST_JOBS) \
	    -p no:cacheprovider -m "not slow" tests/traps/test_traps_callback.py \
	    tests/traps/test_traps_tls.py tests/traps/test_traps_load.py tests/traps/test_traps_loading.py
ASAN_RUNTIME = $(shell $(CC) -print-file-name=libasan.so)
check-files: $(BUILD)/libtlsmend.so $(BUILD)/exports
	$(Q)scripts/check-library --self-test
	$(Q)scripts/check-library --exports $(BUILD)/exports $(BUILD)/libtlsmend.so
	$(Q)scripts/check-rooms $(BUILD)/lib/shim
	$(Q)scripts/check-pure $(patsubst %,$(BUILD)/lib/%.o,$(call rooms,outcome))
check: all units check-files
	@case '$(BUILD_PATH)' in *[\ :]*) echo 'nothing can be preloaded from a folder with a space or a colon in its name: make BUILD=/FOLDER check' >&2; exit 2 ;; esac
	$(Q)BUILD=$(BUILD) scripts/lint --changed format style tidy
	BUILD="$(BUILD_PATH)" $(PYTEST) -q --quick --durations=5 --durations-min=1.5 -n $(PYTEST_JOBS) -p no:cacheprovider tests
bench: all $(BUILD)/corpora/causes
	BUILD="$(BUILD_PATH)" tests/bench/run
lint:
	+BUILD=$(BUILD) scripts/lint

# ---- install ---------------------------------------------------------------------------------------

MAN1 := $(sort $(wildcard man/*.1))
MAN5 := $(sort $(wildcard man/*.5))
MAN7 := $(sort $(wildcard man/*.7))
.PHONY: install uninstall clean
# The library by rename: every process that starts meanwhile maps it (/etc/ld.so.preload), and one that is cut off kills it.
install: all
	$(INSTALL) -d "$(DESTDIR)$(BINDIR)" "$(DESTDIR)$(LIBDIR)"
	$(INSTALL) -m 755 $(BUILD)/tlsmend "$(DESTDIR)$(BINDIR)/tlsmend"
	$(INSTALL) -m 644 $(BUILD)/libtlsmend.so "$(DESTDIR)$(LIBDIR)/libtlsmend.so.new"
	mv -f "$(DESTDIR)$(LIBDIR)/libtlsmend.so.new" "$(DESTDIR)$(LIBDIR)/libtlsmend.so"
	$(if $(MAN1),$(INSTALL) -d "$(DESTDIR)$(MANDIR)/man1" && $(INSTALL) -m 644 $(MAN1) "$(DESTDIR)$(MANDIR)/man1")
	$(if $(MAN5),$(INSTALL) -d "$(DESTDIR)$(MANDIR)/man5" && $(INSTALL) -m 644 $(MAN5) "$(DESTDIR)$(MANDIR)/man5")
	$(if $(MAN7),$(INSTALL) -d "$(DESTDIR)$(MANDIR)/man7" && $(INSTALL) -m 644 $(MAN7) "$(DESTDIR)$(MANDIR)/man7")
	$(INSTALL) -d "$(DESTDIR)$(BASHDIR)" "$(DESTDIR)$(ZSHDIR)" "$(DESTDIR)$(FISHDIR)" "$(DESTDIR)$(DATADIR)"
	$(INSTALL) -m 644 completions/tlsmend.bash "$(DESTDIR)$(BASHDIR)/tlsmend"
	$(INSTALL) -m 644 completions/_tlsmend "$(DESTDIR)$(ZSHDIR)/_tlsmend"
	$(INSTALL) -m 644 completions/tlsmend.fish "$(DESTDIR)$(FISHDIR)/tlsmend.fish"
	$(INSTALL) -m 644 docs/record.schema.json "$(DESTDIR)$(DATADIR)/record.schema.json"
uninstall:
	rm -f "$(DESTDIR)$(BINDIR)/tlsmend" "$(DESTDIR)$(LIBDIR)/libtlsmend.so" \
	    "$(DESTDIR)$(BASHDIR)/tlsmend" "$(DESTDIR)$(ZSHDIR)/_tlsmend" "$(DESTDIR)$(FISHDIR)/tlsmend.fish" \
	    "$(DESTDIR)$(DATADIR)/record.schema.json" \
	    $(patsubst man/%,"$(DESTDIR)$(MANDIR)/man1/"%,$(MAN1)) \
	    $(patsubst man/%,"$(DESTDIR)$(MANDIR)/man5/"%,$(MAN5)) \
	    $(patsubst man/%,"$(DESTDIR)$(MANDIR)/man7/"%,$(MAN7))
clean:
	rm -rf $(BUILD)

-include $(patsubst %.o,%.d,$(LIB_OBJ) $(CLI_OBJ) $(POOL_OBJ) $(UNIT_OBJ) $(CORPORA_OBJ) $(FUZZ_POOL))
