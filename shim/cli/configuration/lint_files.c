/* SPDX-License-Identifier: ISC
 *
 * tlsmend lint: the files that a configuration names.
 */
#include <stdlib.h>
#include <string.h>

#include "authorities.h"
#include "cafile.h"
#include "lint.h"

/* One file of one setting. */
struct named {
	struct lint *lint;
	const struct setting *setting;
	char *prefix; /* "ExtraCAFile /etc/x.pem: " */
};

static void tell(const struct named *f, enum severity severity, const char *text)
{
	lint_report(f->lint, severity, f->setting->section->source, f->setting->line, f->prefix,
		    text);
}

static void note(const struct named *f, const char *text)
{
	const struct setting *s = f->setting;
	struct buf b;
	buf_init(&b, 0);
	escape_text(&b, s->section->source, strlen(s->section->source), 0);
	if (s->line) {
		buf_putc(&b, ':');
		buf_uint(&b, s->line);
	}
	buf_puts(&b, ": note: ");
	escape_text(&b, f->prefix, strlen(f->prefix), 0);
	escape_text(&b, text, strlen(text), 0);
	say("%s", buf_str(&b));
	buf_free(&b);
}

/* ---- CA files ---------------------------------------------------------------------------------------- */

/* What the mode of a good CA file means for others. */
static void check_ca_mode(const struct named *f, uint32_t mode)
{
	char *word = shell_word(f->setting->value);
	if (!(mode & 0004)) {
		char *text =
		    join("programs of other users cannot read it; write chmod a+r ", word, NULL);
		tell(f, CONFIG_WARNING, text);
		free(text);
	}
	if (mode & 0002) {
		char *text = join("everybody can add a CA to it; write chmod o-w ", word, NULL);
		tell(f, CONFIG_WARNING, text);
		free(text);
	}
	free(word);
	word = lint_place(f->setting->value);
	if (word)
		tell(f, CONFIG_WARNING, word);
	free(word);
}

static void tell_finding(void *arg, enum authority_finding what, const char *text)
{
	const struct named *f = arg;
	if (what == AUTHORITY_ENDED) {
		tell(f, CONFIG_WARNING, text);
		return;
	}
	char *hint = join(text, "; ask whoever runs that CA for a stronger one", NULL);
	note(f, hint);
	free(hint);
}

/* What the file is for is to be an anchor. */
static void check_anchors(const struct named *f, const struct authorities *a)
{
	const bool only = f->setting->key == KEY_ONLY_CA_FILE;
	const char *in_effect = only ? "no connection to these hosts is good with it"
				     : "it makes no connection possible";
	const char *issuer = a->issuer ? a->issuer : "";
	char *text = NULL;
	if (a->certificates && !a->authorities && !a->self_issued)
		text = join("holds only certificates of servers and none of a CA, so ", in_effect,
			    "; put the certificate of the root CA into it (here the issuer is '",
			    issuer, "')", NULL);
	else if (a->certificates && !a->self_issued)
		text =
		    join("holds no self-issued certificate (a root), so nothing in it is a trust "
			 "anchor",
			 only ? " and no connection to these hosts is good" : "",
			 "; put the certificate of the root CA into it (here an issuer is '",
			 issuer, "')", NULL);
	if (text)
		tell(f, CONFIG_WARNING, text);
	free(text);
}

static void check_authorities(struct named *f, const struct buf *data, size_t blocks)
{
	struct authorities a;
	char text[120];
	authorities_look(buf_str(data), data->len, &a, tell_finding, f);
	if (a.certificates < blocks) {
		snprintf(text, sizeof text,
			 "OpenSSL can read %zu of its %zu certificates; copy the file anew",
			 a.certificates, blocks);
		tell(f, CONFIG_ERROR, text);
	} else {
		check_anchors(f, &a);
	}
	if (a.omitted) {
		snprintf(text, sizeof text,
			 "%zu more of its certificates have expired, end soon or are weak",
			 a.omitted);
		note(f, text);
	}
	snprintf(text, sizeof text, "%zu certificate%s", blocks, blocks == 1 ? "" : "s");
	note(f, text);
	free(a.issuer);
}

static void check_ca_content(struct named *f, const struct buf *data, uint32_t mode)
{
	struct ca_file file;
	ca_file_judge(f->setting->value, buf_str(data), data->len, &file);
	if (file.problem) {
		tell(f, CONFIG_ERROR, file.problem);
		free(file.problem);
		return;
	}
	if (file.keys)
		tell(f, CONFIG_WARNING, "also holds a private key; keep keys out of CA files");
	else
		check_ca_mode(f, mode);
	check_authorities(f, data, file.certificates);
}

static void check_ca_file(struct named *f)
{
	uint32_t mode = 0;
	struct buf data;
	buf_init(&data, 0);
	int error = file_read(f->setting->value, CA_FILE_MAX_BYTES, &data, NULL, NULL, &mode);
	if (error) {
		char *text = join(error == EINVAL ? "no regular file" : strerror(error),
				  "; write the path of a PEM file that can be read", NULL);
		tell(f, CONFIG_ERROR, text);
		free(text);
	} else {
		check_ca_content(f, &data, mode);
	}
	buf_free(&data);
}

void lint_files(void *arg, const struct setting *s)
{
	struct named f = {.lint = arg, .setting = s};
	lint_own(arg, s);
	if (s->key != KEY_EXTRA_CA_FILE && s->key != KEY_ONLY_CA_FILE)
		return;
	f.prefix = join(key_table[s->key].name, " ", s->value, ": ", NULL);
	check_ca_file(&f);
	free(f.prefix);
}
