/* SPDX-License-Identifier: ISC */
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

#include "target.h"

static const char *const sentences[] = {
    [REASON_NONE] = "",
#define REASON(id, sentence) [REASON_##id] = sentence,
#include "knobs.def"
};

static const struct other_tls other_tls_table[] = {
#define OTHER_TLS(soname, name, reason) {soname, name, REASON_##reason},
#include "knobs.def"
};

static const struct {
	const char *program;
	enum reason reason;
} own_tls_table[] = {
#define OWN_TLS(program, reason) {program, REASON_##reason},
#include "knobs.def"
};

static const struct {
	const char *program;
	enum reason reason;
	const char *text;
} knob_table[] = {
#define KNOB(program, reason, text) {program, REASON_##reason, text},
#include "knobs.def"
};

static const struct module module_table[] = {
#define MODULE(program, glob, dlopens) {program, glob, dlopens},
#include "knobs.def"
};

static const struct {
	const char *program, *text;
	bool by_module;
} note_table[] = {
#define NOTE(program, text)        {program, text, false},
#define MODULE_NOTE(program, text) {program, text, true},
#include "knobs.def"
};

char *reason_sentence(enum reason r, const char *detail)
{
	const char *sentence = sentences[r];
	const char *hole = strchr(sentence, '%');
	if (!hole)
		return copy_string(sentence);
	char *before = checked(strndup(sentence, (size_t)(hole - sentence)));
	char *whole = join(before, detail ? detail : "", hole + 1, NULL);
	free(before);
	return whole;
}

const char *knob_for(const char *program, enum reason r)
{
	for (size_t i = 0; i < ARRAY_LENGTH(knob_table); i++)
		if (knob_table[i].reason == r && fnmatch(knob_table[i].program, program, 0) == 0)
			return knob_table[i].text;
	return NULL;
}

const char *starter_knob(const char *program)
{
	return knob_for(program, REASON_STARTS);
}

const struct other_tls *other_tls_by_soname(const char *soname)
{
	for (size_t i = 0; i < ARRAY_LENGTH(other_tls_table); i++)
		if (fnmatch(other_tls_table[i].soname, soname, 0) == 0)
			return &other_tls_table[i];
	return NULL;
}

enum reason own_tls(const char *program)
{
	for (size_t i = 0; i < ARRAY_LENGTH(own_tls_table); i++)
		if (fnmatch(own_tls_table[i].program, program, 0) == 0)
			return own_tls_table[i].reason;
	return REASON_NONE;
}

const struct module *module_next(const struct module *after, const char *program)
{
	for (size_t i = after ? (size_t)(after - module_table) + 1 : 0;
	     i < ARRAY_LENGTH(module_table); i++)
		if (fnmatch(module_table[i].program, program, 0) == 0)
			return &module_table[i];
	return NULL;
}

const char *note_for(const char *path, bool by_module)
{
	for (size_t i = 0; i < ARRAY_LENGTH(note_table); i++)
		if ((by_module || !note_table[i].by_module) &&
		    fnmatch(note_table[i].program,
			    strchr(note_table[i].program, '/') ? path : path_base(path), 0) == 0)
			return note_table[i].text;
	return NULL;
}
