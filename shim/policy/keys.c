/* SPDX-License-Identifier: ISC
 *
 * The keys: the table from keys.def, and why others are not taken. What would turn checks off is refused by name,
 * so that nobody takes it for a spelling mistake.
 */
#include <string.h>

#include "internal.h"

const struct key_info key_table[KEY_COUNT] = {
#define KEY(id, name, effect, syntax, text) [KEY_##id] = {name, effect, syntax, text},
#include "keys.def"
#undef KEY
};

/* Looked for in the key without '_' and '-', in lower case; first match counts. */
static const struct {
	char part[20], sentence[160];
} refused[] = {
#define REFUSED(part, sentence) {part, sentence},
#include "other_keys.def"
};

/* What OpenSSL, curl and others call the same thing. */
static const struct {
	char other[28], ours[56];
} synonyms[] = {
#define SYNONYM(other, ours) {other, ours},
#include "other_keys.def"
};

static bool same_name(const char *s, size_t n, const char *name)
{
	return strlen(name) == n && name_equal(s, name, n);
}

int key_find(const char *s, size_t n)
{
	for (int i = 0; i < KEY_COUNT; i++) {
		if (same_name(s, n, key_table[i].name))
			return i;
	}
	return -1;
}

/* The key as the tables here have it. */
static void squeeze(const char *s, size_t n, char out[64])
{
	size_t used = 0;
	for (size_t i = 0; i < n && used < 63; i++) {
		if (s[i] != '_' && s[i] != '-' && s[i] != ' ')
			out[used++] = ascii_lower(s[i]);
	}
	out[used] = '\0';
}

static const char *refusal(const char *squeezed)
{
	if (strncmp(squeezed, "enforce", 7) == 0) /* EnforceVerify...: meant well */
		return NULL;
	for (size_t i = 0; i < ARRAY_LENGTH(refused); i++) {
		if (strstr(squeezed, refused[i].part))
			return refused[i].sentence;
	}
	return NULL;
}

bool key_refuse(const char *s, size_t n, struct buf *error)
{
	char squeezed[64];
	squeeze(s, n, squeezed);
	const char *why = refusal(squeezed);
	if (!why)
		return false;
	quote(error, s, n);
	buf_strs(error, " is refused: ", why, NULL);
	return true;
}

static const char *synonym(const char *squeezed)
{
	for (size_t i = 0; i < ARRAY_LENGTH(synonyms); i++) {
		if (strcmp(squeezed, synonyms[i].other) == 0)
			return synonyms[i].ours;
	}
	return NULL;
}

static void list_names(struct buf *error)
{
	buf_puts(error, "write one of ");
	for (size_t i = 0; i < KEY_COUNT; i++)
		buf_strs(error, i > 0 ? ", " : "", key_table[i].name, NULL);
}

static const char *nearest_key(const char *word)
{
	const char *names[KEY_COUNT + 1] = {NULL};
	for (size_t i = 0; i < KEY_COUNT; i++)
		names[i] = key_table[i].name;
	return nearest_name(word, names);
}

int key_meant(const char *s, size_t n)
{
	/* how people begin them */
	static const struct {
		char prefix[12], name[24];
	} strict[] = {
	    {"only", "OnlyCAFile"}, {"pin", "PinSHA256"}, {"enforce", "EnforceVerification"}};
	char squeezed[64];
	int key = key_find(s, n);
	if (key >= 0)
		return key;
	squeeze(s, n, squeezed);
	for (size_t i = 0; i < ARRAY_LENGTH(strict); i++) {
		if (strncmp(squeezed, strict[i].prefix, strlen(strict[i].prefix)) != 0)
			continue;
		key = key_find(strict[i].name, strlen(strict[i].name));
		return key >= 0 ? key : KEY_ONLY_CA_FILE; /* no less strict */
	}
	const char *near = synonym(squeezed) ? NULL : nearest_key(squeezed);
	return !near ? -1 : key_find(near, strlen(near));
}

void key_explain_unknown(const char *s, size_t n, struct buf *error)
{
	char squeezed[64], word[64];
	squeeze(s, n, squeezed);
	const char *ours = synonym(squeezed);
	if (!ours && key_refuse(s, n, error))
		return;
	buf_puts(error, "unknown key ");
	quote(error, s, n);
	buf_puts(error, "; ");
	if (!ours && n < sizeof word && !memchr(s, '\0', n)) {
		memcpy(word, s, n);
		word[n] = '\0';
		ours = nearest_key(word);
	}
	if (ours)
		buf_strs(error, "write ", ours, NULL);
	else
		list_names(error);
}

bool setting_strengthens(const struct setting *s)
{
	return key_table[s->key].effect == STRENGTHENS ||
	       (s->key == KEY_MIN_PROTOCOL && s->protocol > PROTOCOL_TLS1_2);
}

/* "KEY = 'VALUE'" */
void put_setting(struct buf *b, int key, const struct value *v)
{
	buf_strs(b, key_table[key].name, " = ", NULL);
	quote(b, v->text, v->length);
}
