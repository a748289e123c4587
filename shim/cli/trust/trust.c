/* SPDX-License-Identifier: ISC
 *
 * tlsmend trust: from a failure to a rule. What is looked at is what is written: certificates are kept in memory from the
 * comparison on.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../screen.h"
#include "trust.h"

struct trust_request {
	struct view_request view;
	char sha256[96]; /* "" none */
	const char *from;
	bool fetch, dry_run;
};

/* ---- the trial ---------------------------------------------------------------------------------------------- */

/* A file that only this process and its children can see. */
static int memory_file(const struct buf *b, char path[64])
{
	const int fd = memfd_create("tlsmend-ca", MFD_CLOEXEC);
	if (fd >= 0 && write(fd, buf_str(b), b->len) != (ssize_t)b->len) {
		close(fd);
		return -1;
	}
	snprintf(path, 64, "/proc/%d/fd/%d", getpid(), fd);
	return fd;
}

/* With that CA file for this host: as any client would be served. */
static bool would_do(const struct trust_request *r, const struct sight *seen, const struct buf *pem)
{
	struct sight s;
	char path[64];
	const int fd = memory_file(pem, path);
	char *pattern = host_port_text(&seen->rule);
	char *extra[2] = {join("TLSMEND_EXTRA_CA=", pattern, "=", path, NULL), NULL};
	bool good = false;
	view_request_sight(&r->view, &s);
	if (fd >= 0 && sight_take(&s, &r->view.settings, (const char *const *)extra, false)) {
		good = s.result == SIGHT_TRUSTED;
		if (!good)
			complain("%s: with that CA it would still fail: %s", s.asked,
				 *json_text(s.failure, "why") ? json_text(s.failure, "why")
							      : json_text(s.facts, "error"));
	}
	if (fd >= 0)
		close(fd);
	free(extra[0]);
	free(pattern);
	sight_free(&s);
	return good;
}

/* ---- writing -------------------------------------------------------------------------------------------------- */

static bool failed(const char *path, int error)
{
	if (error)
		complain("%s: %s; %s", path, strerror(error),
			 error == EACCES || error == EPERM || error == EROFS
			     ? "write as root, or for yourself with --user"
			     : "nothing was changed");
	return error != 0;
}

static bool write_both(const struct place *p)
{
	struct buf was;
	buf_init(&was, 0);
	const bool had = file_read(p->pem, CONFIG_MAX_BYTES, &was, NULL, NULL, NULL) == 0;
	bool good =
	    !failed(p->pem, make_folder(p->pem)) && !failed(p->config, make_folder(p->config)) &&
	    !failed(p->pem,
		    write_whole(p->pem, buf_str(&p->certificates), p->certificates.len, NULL));
	if (good && !p->unchanged &&
	    failed(p->config, write_whole(p->config, buf_str(&p->fresh), p->fresh.len, p))) {
		good = false;
		if (!had)
			unlink(p->pem);
		else
			write_whole(p->pem, buf_str(&was), was.len, NULL);
	}
	buf_free(&was);
	return good;
}

static void indented(const char *text)
{
	while (*text) {
		const size_t n = strcspn(text, "\n");
		printf("             %.*s\n", (int)n, text);
		text += n + (text[n] == '\n');
	}
}

/* As it is to be typed. */
static void show_way_back(const struct view_request *v, const char *scope)
{
	char *config = v->settings.user ? NULL : settings_config_given(&v->settings);
	char *file = config && *config ? shell_word(config) : NULL, *host = shell_word(scope);
	printf("take it back: tlsmend untrust %s%s%s%s%s\n", v->settings.user ? "--user " : "",
	       file ? "--config " : "", file ? file : "", file ? " " : "", host);
	free(host);
	free(file);
	free(config);
}

static void show_place(const struct trust_request *r, const struct place *p)
{
	const char *verb = r->dry_run ? "would write" : "wrote";
	printf("%s %s\n", verb, p->pem);
	if (p->unchanged)
		printf("%s names it already:\n", p->config);
	else
		printf("%s %s%s:\n", verb, p->config,
		       r->view.settings.fresh ? ", which was not there" : "");
	indented(p->section);
	if (!r->dry_run)
		show_way_back(&r->view, p->scope);
}

/* What any client finds now. */
static int look_again(struct trust_request *r)
{
	struct sight s;
	int status = STATUS_FINDINGS;
	settings_written(&r->view.settings);
	if (r->view.settings.user)
		settings_take(&r->view.settings, SETTINGS_USER, NULL);
	view_request_sight(&r->view, &s);
	if (sight_take(&s, &r->view.settings, NULL, false) && s.result == SIGHT_TRUSTED) {
		printf("%s is trusted now; programs that run with %s see it in a few seconds\n",
		       s.asked, r->view.settings.user ? "'tlsmend run --user'" : "tlsmend");
		status = STATUS_OK;
	} else {
		complain("%s is still not trusted: %s", s.asked, json_text(s.failure, "why"));
	}
	sight_free(&s);
	return status;
}

/* ---- one host ---------------------------------------------------------------------------------------------------- */

static char *read_ca(const struct trust_request *r)
{
	struct buf b;
	buf_init(&b, 0);
	if (r->view.ca)
		file_read(r->view.ca, CONFIG_MAX_BYTES, &b, NULL, NULL, NULL);
	char *text = copy_string(buf_str(&b));
	buf_free(&b);
	return text;
}

static void show_candidate(const struct candidate *c, const struct sight *s, const char *scope)
{
	const struct seen_certificate *a = c->anchor >= 0 ? &c->certificate[c->anchor] : NULL;
	if (!a) {
		printf("\nNo certificate becomes an anchor: the root is in this machine's store, "
		       "and only "
		       "what lies below is missing.\n");
		return;
	}
	printf("\nIt would become an anchor, for %s%s and no other host:\n", scope,
	       strcmp(scope, s->rule.host) == 0 ? " on every port" : "");
	printf("  %s\n", a->subject);
	printf("  valid %s to %s, %s, signed with %s\n", a->not_before, a->not_after, a->key,
	       a->signature);
	printf("  %s\n", c->from);
}

static int no_candidate(const struct candidate *c, const struct sight *s)
{
	if (c->missing && c->url)
		complain(
		    "%s: the certificate of \"%s\" is not at hand; give it with --ca FILE, or have "
		    "it fetched from %s with --fetch",
		    s->asked, c->missing, c->url);
	else if (c->missing)
		complain("%s: the certificate of \"%s\" is not at hand; get it from whoever runs "
			 "that CA "
			 "and give it with --ca FILE",
			 s->asked, c->missing);
	else
		complain("%s: the server shows no certificate that could be trusted", s->asked);
	return STATUS_FINDINGS;
}

/* What stands in the files about it. */
static char *about(const struct candidate *c)
{
	struct buf date;
	buf_init(&date, 0);
	buf_date(&date, clock_realtime_ms() / 1000);
	const struct seen_certificate *a =
	    &c->certificate[c->anchor >= 0 ? (size_t)c->anchor : c->count - 1];
	char *text = join(a->subject, ", sha256 ", a->sha256, ", on ", buf_str(&date), NULL);
	buf_free(&date);
	return text;
}

static int write_down(struct trust_request *r, const struct sight *s, const struct candidate *c,
		      const char *certificates)
{
	char *note = about(c);
	struct place p;
	int status = STATUS_FINDINGS;
	const bool placed =
	    place_find(&p, &r->view.settings, r->view.settings.user, &s->rule, certificates, note);
	if (placed)
		show_candidate(c, s, p.scope);
	if (!placed)
		status = STATUS_USAGE;
	else if (!would_do(r, s, &p.certificates))
		status = STATUS_FINDINGS;
	else if (c->anchor >= 0 &&
		 !fingerprint_confirm(&c->certificate[c->anchor], *r->sha256 ? r->sha256 : NULL))
		status = STATUS_FINDINGS;
	else if (!r->dry_run && !write_both(&p))
		status = STATUS_USAGE;
	else {
		show_place(r, &p);
		status = r->dry_run ? STATUS_OK : look_again(r);
	}
	place_free(&p);
	free(note);
	return status;
}

static int propose(struct trust_request *r, const struct sight *s)
{
	char *ca = read_ca(r);
	struct candidate c;
	int status;
	sight_draw_path(s, false);
	candidate_find(&c, s, *ca ? ca : NULL, r->fetch);
	if (!c.count) {
		status = no_candidate(&c, s);
	} else {
		char *pem = candidate_pem(&c);
		status = write_down(r, s, &c, pem);
		/* a CA that is not there may be in the store, which the trial tells */
		if (status == STATUS_FINDINGS && c.missing && c.anchor < 0)
			no_candidate(&c, s);
		free(pem);
	}
	candidate_free(&c);
	free(ca);
	return status;
}

static int nothing_to_do(const struct sight *s)
{
	if (s->result == SIGHT_TRUSTED) {
		if (s->mended)
			say("%s is trusted, by the rule %s; nothing is changed", s->asked,
			    json_text(s->mended, "rule"));
		else
			say("%s is trusted here; no rule is needed", s->asked);
		return STATUS_OK;
	}
	complain("%s: %s%s%s", s->asked,
		 *json_text(s->failure, "why") ? json_text(s->failure, "why")
					       : json_text(s->facts, "error"),
		 s->result == SIGHT_UNTRUSTED ? "; no CA mends that: tlsmend view " : "",
		 s->result == SIGHT_UNTRUSTED ? s->asked : "");
	return s->result == SIGHT_UNTRUSTED ? STATUS_FINDINGS : STATUS_USAGE;
}

static void say_failure(const struct sight *s)
{
	char *text = join(s->asked, " is not trusted [", json_text(s->failure, "cause"),
			  "]: ", json_text(s->failure, "why"), NULL);
	struct buf b;
	buf_init(&b, 0);
	escape_text(&b, text, strlen(text), 0);
	say_hanging(buf_str(&b), 2, screen_width(SCREEN_UNBOUNDED));
	buf_free(&b);
	free(text);
}

/* expected: what the server showed when a record was written; "" not known. */
static int one_host(struct trust_request *r, const char *host, const char *expected)
{
	struct sight s;
	int status = STATUS_USAGE;
	if (!view_request_host(&r->view, host))
		return status;
	view_request_sight(&r->view, &s);
	if (sight_take(&s, &r->view.settings, NULL, false)) {
		if (*expected && s.count && strcmp(s.certificate[0].sha256, expected) != 0)
			complain(
			    "%s shows another certificate now than when the record was written",
			    s.asked);
		if (sight_lacks_anchor(&s)) {
			say_failure(&s);
			status = propose(r, &s);
		} else {
			status = nothing_to_do(&s);
		}
	}
	sight_free(&s);
	return status;
}

static int each_host(struct trust_request *r, const struct command *self)
{
	struct from_list list = {0};
	int status = STATUS_USAGE;
	if (from_read(&list, self, r->from)) {
		status = STATUS_OK;
		for (size_t i = 0; i < list.count; i++) {
			const int one = one_host(r, list.host[i].asked, list.host[i].sha256);
			status = one > status ? one : status;
		}
	}
	from_free(&list);
	return status;
}

/* ---- the command ----------------------------------------------------------------------------------------------- */

static bool take(void *arg, int id, const char *value)
{
	struct trust_request *r = arg;
	switch (id) {
	case TRUST_SHA256: {
		const char *wrong = fingerprint_parse(value, r->sha256);
		if (wrong) {
			r->sha256[0] = '\0';
			usage_error(r->view.settings.command, "--sha256 %s: %s", value, wrong);
		}
		return !wrong;
	}
	case TRUST_FETCH:
		r->fetch = true;
		return true;
	case TRUST_FROM:
		r->from = value;
		return true;
	case TRUST_DRY_RUN:
		r->dry_run = true;
		return true;
	default:
		return view_request_take(&r->view, id, value);
	}
}

int trust_main(const struct command *self, int argc, char **argv)
{
	struct trust_request r = {.from = NULL};
	struct arguments a = {.count = argc, .words = argv, .take = take, .arg = &r};
	view_request_init(&r.view, self);
	r.view.settings.writes = true;
	if (options_parse(self, &a)) {
		const struct settings *s = &r.view.settings;
		if (!view_request_identity(&r.view))
			a.status = STATUS_USAGE;
		else if (s->user && s->fresh)
			a.status = usage_error(self, "--config %s: %s", s->fresh, strerror(ENOENT));
		else if (r.from && !a.count)
			a.status = each_host(&r, self);
		else if (a.count != 1 || r.from)
			a.status = usage_error(self, "name one host, or a log with --from");
		else
			a.status = one_host(&r, a.words[0], "");
		a.status = finish_output(a.status);
	}
	view_request_free(&r.view);
	return a.status;
}
