/* SPDX-License-Identifier: ISC
 *
 * A resumed session is not verified again: it carries the verification of the handshake that made it. So a session that was made
 * under a rule's trust is worth something only for that host and that trust (design.md#host), and a host whose rule says
 * OnlyCAFile takes no session that was made without it. The mark stands in the field of the session that keeps application data for a
 * server's tickets, which a client has no use for: it goes along when OpenSSL copies a session (TLS 1.3, for each ticket) and when a client
 * writes it down and reads it again (Python does for each that it hands out), also in another process. What the client puts there stands
 * before it. Where that field is not there (before 1.1.1), it is ex_data. Not otherwise: ex_data of ours behind
 * the client's makes OpenSSL call the client's functions with its own data not set yet, when it copies the session; stunnel 5.68 dies of that
 * (tests/traps/session_data.c).
 */
#include <stdlib.h>
#include <string.h>

#include "connection.h"
#include "session.h"

/* What the keys that decide about a chain say, apart from the CA files. */
static const enum key judging_keys[] = {KEY_EXPECT_NAME, KEY_TRUSTED_FIRST, KEY_STRICT,
					KEY_PIN_SHA256, KEY_ENFORCE_VERIFICATION};

static uint64_t judging_tag(const struct rule *rule, uint64_t h, bool *any)
{
	for (size_t i = 0; i < ARRAY_LENGTH(judging_keys); i++) {
		const struct setting *s = rule->set[judging_keys[i]];
		if (!s)
			continue;
		*any = true;
		h = hash_bytes(h, &s->key, sizeof s->key);
		h = hash_bytes(h, s->value, strlen(s->value) + 1);
	}
	return h;
}

/* Which trust for which host: its name, the certificates that count for it (`content` of their file; 0: none), and what else its chain was judged by. A CA that was
 * taken out of the file takes its sessions along. Never 0; 0 means "the client's own trust". */
static uintptr_t tag_with(const struct connection *n, uint64_t content)
{
	const struct setting *s = connection_trust(n);
	bool any = s != NULL;
	/* one that is not known may have a rule, too: that for every host */
	const char *host = n->peer.host ? n->peer.host : "";
	uint64_t h = hash_bytes(HASH_SEED, host, strlen(host) + 1);
	if (n->rule.count > 1 || !s) /* else that is all of it */
		h = judging_tag(&n->rule, h, &any);
	if (s) {
		const uint64_t trust[] = {n->rule.closed ? 0 : content, s->key};
		h = hash_bytes(h, trust, sizeof trust);
	}
	return any ? (uintptr_t)h | 1 : 0;
}

/* ... with those that count now. */
static uintptr_t trust_tag(const struct connection *n)
{
	const struct setting *s = n->rule.closed ? NULL : connection_trust(n);
	const char *why;
	struct anchors *a = s ? anchors_acquire(n->copy, s, &why) : NULL;
	const uintptr_t tag = tag_with(n, a ? a->content : 0);
	anchors_release(a);
	return tag;
}

static const char mark_prefix[8] = "tlsmend";
struct mark {
	char prefix[sizeof mark_prefix];
	uint64_t tag, identity;
};

/* There was no memory for the mark of some session, so that one without may be any rule's: from then on it is nobody's. */
static atomic_bool tag_lost, identity_lost;

static void note_lost(uintptr_t tag, uintptr_t identity)
{
	if (tag)
		atomic_store(&tag_lost, true);
	if (identity)
		atomic_store(&identity_lost, true);
}

/* What stands in the field: the client's own data, and behind it the mark. */
struct field {
	const void *own;
	size_t own_size;
	struct mark mark; /* prefix "": none */
};

static void split(const void *data, size_t n, struct field *f)
{
	struct mark m;
	*f = (struct field){.own = data, .own_size = n};
	if (n < sizeof m)
		return;
	memcpy(&m, (const char *)data + n - sizeof m, sizeof m);
	if (memcmp(m.prefix, mark_prefix, sizeof m.prefix) != 0)
		return;
	f->mark = m;
	f->own_size = n - sizeof m;
	f->own = f->own_size ? data : NULL;
}

/* It stands in the session itself; else (before 1.1.1) in ex_data. */
static bool has_field(const struct openssl *o)
{
	return o->SSL_SESSION_get0_ticket_appdata && o->SSL_SESSION_set1_ticket_appdata;
}

static void read_field(const struct openssl *o, SSL_SESSION *session, struct field *f)
{
	void *data = NULL;
	size_t n = 0;
	*f = (struct field){.own = NULL};
	if (has_field(o) && o->SSL_SESSION_get0_ticket_appdata(session, &data, &n))
		split(data, n, f);
}

/* libssl empties its error queue as soon as a verification is good, so that within one what this may leave there need not be taken out. */
enum where { ANYWHERE, IN_GOOD_VERIFICATION };

static bool put_field(const struct openssl *o, SSL_SESSION *session, const struct field *f,
		      enum where where)
{
	char space[256], *both = space;
	const size_t n = f->own_size + sizeof f->mark;
	if (n < f->own_size || (n > sizeof space && !(both = malloc(n))))
		return false;
	if (f->own_size)
		memcpy(both, f->own, f->own_size);
	memcpy(both + f->own_size, &f->mark, sizeof f->mark);
	bool written = false;
	if (where == IN_GOOD_VERIFICATION) {
		written = o->SSL_SESSION_set1_ticket_appdata(session, both, n) == 1;
	} else {
		QUIET_BEGIN(o)
		written = o->SSL_SESSION_set1_ticket_appdata(session, both, n) == 1;
		QUIET_END(o)
	}
	if (both != space)
		free(both);
	return written;
}

/* Memory is asked for only where the client's data is long; OpenSSL asks for some each time, and has thrown away what was there before. */
static bool write_field(const struct openssl *o, SSL_SESSION *session, const struct field *f,
			enum where where)
{
	const bool written = put_field(o, session, f, where);
	if (!written)
		note_lost((uintptr_t)f->mark.tag, (uintptr_t)f->mark.identity);
	return written;
}

/* Most often the mark is all that stands there. */
static bool is_marked(const void *data, size_t n, uintptr_t tag)
{
	const struct mark *m = n == sizeof *m ? data : NULL;
	return m && memcmp(m->prefix, mark_prefix, sizeof m->prefix) == 0 && m->tag == tag;
}

/* One that is resumed has its mark: it may be shared by threads, so that nothing is written where nothing changes. */
static void write_mark(const struct openssl *o, SSL_SESSION *session, uintptr_t tag,
		       uintptr_t identity, enum where where)
{
	struct field f;
	void *data = NULL;
	size_t n = 0;
	if (!o->SSL_SESSION_get0_ticket_appdata(session, &data, &n))
		n = 0;
	if (tag && !identity && is_marked(data, n, tag))
		return;
	split(data, n, &f);
	const struct mark was = f.mark;
	memcpy(f.mark.prefix, mark_prefix, sizeof f.mark.prefix);
	f.mark.tag = tag ? tag : f.mark.tag;
	f.mark.identity = identity ? identity : f.mark.identity;
	if (memcmp(&f.mark, &was, sizeof was) != 0)
		write_field(o, session, &f, where);
}

static uintptr_t session_tag(struct copy *c, SSL_SESSION *session)
{
	const struct openssl *o = copy_api(c);
	struct field f;
	read_field(o, session, &f);
	return f.mark.tag ? (uintptr_t)f.mark.tag
			  : (uintptr_t)kept_get(c, KEPT_SESSION_TAG, session);
}

/* Which certificate for which host this connection has to show. 0: none of a rule's. */
static uintptr_t identity_tag(const struct connection *n)
{
	const struct identity *i = n->applied.kept.identity;
	if (!i)
		return 0;
	uint64_t h = hash_bytes(HASH_SEED, &i->content, sizeof i->content);
	if (n->peer.host)
		h = hash_bytes(h, n->peer.host, strlen(n->peer.host) + 1);
	return (uintptr_t)h | 1;
}

/* The server of a session knows the client by what was shown when it was made, and does not ask again. */
static bool same_identity(struct connection *n, SSL_SESSION *session)
{
	const struct openssl *o = copy_api(n->copy);
	struct field f;
	read_field(o, session, &f);
	uintptr_t made = (uintptr_t)f.mark.identity;
	if (!made)
		made = (uintptr_t)kept_get(n->copy, KEPT_SESSION_IDENTITY, session);
	return made == identity_tag(n) && (made || !atomic_load(&identity_lost));
}

static bool fits(struct connection *n, const struct openssl *o, SSL_SESSION *session)
{
	if (!o->SSL_SESSION_get_ex_data)
		return true;
	const uintptr_t made = session_tag(n->copy, session), now = trust_tag(n);
	/* where the rule cannot be applied, no session shows that it was */
	if (n->rule.closed || (!made && atomic_load(&tag_lost)))
		return false;
	return same_identity(n, session) &&
	       (made == now ||
		(made == 0 && !trust_is_strict(&n->rule) && !demand_exists(&n->rule)));
}

void session_check(struct connection *n, SSL *ssl)
{
	const struct openssl *o = copy_api(n->copy);
	SSL_SESSION *session = o->SSL_get_session(ssl);
	if (!session || fits(n, o, session))
		return;
	QUIET_BEGIN(o)
	o->SSL_set_session(ssl, NULL);
	QUIET_END(o)
}

void session_unknown(struct copy *c, SSL *ssl)
{
	const struct openssl *o = copy_api(c);
	SSL_SESSION *session = o->SSL_get_session(ssl);
	if (!session || !o->SSL_SESSION_get_ex_data ||
	    (!session_tag(c, session) && !atomic_load(&tag_lost)))
		return;
	QUIET_BEGIN(o)
	o->SSL_set_session(ssl, NULL);
	QUIET_END(o)
}

bool session_is_of_another(struct connection *n, SSL *ssl)
{
	const struct openssl *o = copy_api(n->copy);
	SSL_SESSION *session = n->late.of_another ? o->SSL_get_session(ssl) : NULL;
	return session && !fits(n, o, session);
}

bool session_is_ours(struct connection *n, SSL *ssl)
{
	const struct openssl *o = copy_api(n->copy);
	SSL_SESSION *session = o->SSL_get_session(ssl);
	uintptr_t now = trust_tag(n);
	return session && o->SSL_SESSION_get_ex_data && now && !n->rule.closed &&
	       session_tag(n->copy, session) == now;
}

/* 0: as it is. */
static void set_mark(struct connection *n, SSL *ssl, uintptr_t tag, uintptr_t identity,
		     enum where where)
{
	const struct openssl *o = copy_api(n->copy);
	SSL_SESSION *session = tag || identity ? o->SSL_get_session(ssl) : NULL;
	if (!session)
		return;
	if (has_field(o)) {
		write_mark(o, session, tag, identity, where);
		return;
	}
	if (tag && !kept_set(n->copy, KEPT_SESSION_TAG, session, (void *)tag))
		note_lost(tag, 0);
	if (identity && !kept_set(n->copy, KEPT_SESSION_IDENTITY, session, (void *)identity))
		note_lost(0, identity);
}

void session_spoil(struct connection *n, SSL *ssl)
{
	enum { NOBODYS = 1 };
	set_mark(n, ssl, NOBODYS, 0, ANYWHERE);
}

void session_mark(struct connection *n, SSL *ssl)
{
	const uint64_t with = n->demand.anchors ? n->demand.anchors : n->mended.anchors;
	set_mark(n, ssl, with ? tag_with(n, with) : trust_tag(n), 0, ANYWHERE);
}

void session_mark_verified(struct connection *n, SSL *ssl, const struct anchors *a, bool by_libssl)
{
	n->mended.anchors = a ? a->content : 0;
	n->mended.tag = tag_with(n, n->mended.anchors);
	set_mark(n, ssl, n->mended.tag, 0, by_libssl ? IN_GOOD_VERIFICATION : ANYWHERE);
}

void session_mark_again(struct connection *n, SSL *ssl)
{
	set_mark(n, ssl, n->mended.tag, 0, ANYWHERE);
}

void session_mark_identity(struct connection *n, SSL *ssl)
{
	set_mark(n, ssl, 0, identity_tag(n), ANYWHERE);
}

static int set_data_of(const struct target *t, SSL_SESSION *session, const void *data, size_t size)
{
	return ((union {
		       void *object;
		       int (*function)(SSL_SESSION *, const void *, size_t);
	       }){.object = t->real})
	    .function(session, data, size);
}

/* A client that takes the field for itself after all: the mark stays behind its data. Where there is no memory for both, it has failed. */
int hook_SSL_SESSION_set1_ticket_appdata(const struct target *t, SSL_SESSION *session,
					 const void *data, size_t size)
{
	bool marked, written = false;
	KEEP_ERRNO_BEGIN
	const struct openssl *o = copy_api(t->copy);
	struct field f = {.own = NULL};
	if (session)
		read_field(o, session, &f);
	f.own = data;
	f.own_size = size;
	marked = f.mark.tag || f.mark.identity;
	if (marked)
		written = write_field(o, session, &f, ANYWHERE);
	KEEP_ERRNO_END
	return marked ? written : set_data_of(t, session, data, size);
}

/* ... and one that only asks sees what it would without us. */
int hook_SSL_SESSION_get0_ticket_appdata(const struct target *t, SSL_SESSION *session, void **data,
					 size_t *size)
{
	const int result = ((union {
				   void *object;
				   int (*function)(SSL_SESSION *, void **, size_t *);
			   }){.object = t->real})
			       .function(session, data, size);
	struct field f;
	if (result != 1)
		return result;
	split(*data, *size, &f);
	*size = f.own_size;
	if (!f.own)
		*data = NULL;
	return result;
}
