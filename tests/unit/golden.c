/* SPDX-License-Identifier: ISC */
#include "../../shim/record/forms.h"
#include <tlsmend/diagnose.h>
#include "golden.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* What differs from run to run: the number of the process, the path of the program. */
static void steady(struct buf *b)
{
	char pid[32], key[64];
	const char *found, *exe;
	struct buf out;

	snprintf(pid, sizeof(pid), "[%d]", (int)getpid());
	/* the version is the schema's, which all records are checked against elsewhere */
	snprintf(key, sizeof(key), "\"pid\":%d,\"version\":1,", (int)getpid());
	buf_init(&out, 0);
	found = strstr(buf_str(b), *b->data == '{' ? key : pid);
	assert_non_null(found);
	exe = strstr(buf_str(b), "\"exe\":");
	buf_add(&out, b->data, (size_t)((*b->data == '{' && exe ? exe : found) - b->data));
	buf_puts(&out, *b->data == '{' ? "\"exe\":\"/program\",\"pid\":4711," : "[4711]");
	buf_puts(&out, found + strlen(*b->data == '{' ? key : pid));
	buf_free(b);
	*b = out;
}

static void compare(const char *name, const char *kind, struct buf *b)
{
	char path[128], old[8192];
	const char *update = getenv("TLSMEND_TEST_UPDATE");
	size_t n;
	FILE *f;

	steady(b);
	snprintf(path, sizeof(path), "tests/unit/golden/%s.%s", name, kind);
	if (update && strcmp(update, "1") == 0) {
		f = fopen(path, "w");
		assert_non_null(f);
		assert_int_equal(fwrite(b->data, 1, b->len, f), b->len);
		fclose(f);
		return;
	}
	f = fopen(path, "r");
	if (!f)
		fail_msg("%s is missing", path);
	n = fread(old, 1, sizeof(old) - 1, f);
	fclose(f);
	old[n] = '\0';
	if (n != b->len || memcmp(old, b->data, n) != 0)
		fail_msg("%s differs; now it is:\n%s\n", path, buf_str(b));
}

/* Each record of a failure ends with it, so that the reviewed texts need not. */
static void cut_see(struct buf *b, enum cause cause)
{
	char line[100];
	size_t n;

	if (cause == CAUSE_NONE)
		return;
	snprintf(line, sizeof(line), "\n  see    tlsmend explain %s\n", cause_table[cause].word);
	n = strlen(line);
	assert_true(b->len > n);
	assert_string_equal(b->data + b->len - n, line);
	b->len -= n - 1;
	b->data[b->len] = '\0';
}

void golden(const char *name, struct evidence *e)
{
	struct record r;
	struct buf b;

	diagnose(e, &r);
	r.time_ms = (int64_t)NOW * 1000 + 123;
	buf_init(&b, 0);
	text_render(&r, false, &b);
	cut_see(&b, r.cause);
	compare(name, "txt", &b);
	buf_clear(&b);
	json_render(&r, &b);
	compare(name, "json", &b);
	buf_free(&b);
	evidence_free(e);
}

struct cert_info *three_certificates(struct evidence *e)
{
	static struct text san[] = {{"DNS:legacy.example.com", 22}};
	static struct cert_info chain[3];

	chain[0] = certificate_of("CN=legacy.example.com", "CN=Corp Issuing CA 2", FROM_PRESENTED);
	chain[0].not_after = NOW + 72 * DAY;
	chain[0].san = san;
	chain[0].san_count = 1;
	chain[1] = ca_of("CN=Corp Issuing CA 2", "CN=Corp Root CA", FROM_PRESENTED);
	chain[1].authority_key_id = (struct text){"\x5a\x1b\x00\xff", 4};
	chain[2] = ca_of("CN=Corp Root CA", "CN=Corp Root CA", FROM_PRESENTED);
	chain[0].sha256[31] = 1;
	chain[1].sha256[31] = 2;
	chain[2].sha256[31] = 3;
	e->chain = e->presented = chain;
	e->chain_count = e->presented_count = 3;
	return chain;
}
