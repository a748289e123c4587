/* SPDX-License-Identifier: ISC
 *
 * Failed loads whose meaning is not known yet.
 *
 * Whether a failed load matters is the client's decision: libpq tries a key as PEM and then as DER, and a CRL that need not be
 * there; others try one path after the other. So the evidence waits at the object that the file was for. It is dropped when the
 * object gets what it wanted or is used without it, and reported when the object is freed, or when the process ends.
 */
#include <stdlib.h>
#include <string.h>

#include <tlsmend/evidence.h>

#include <tlsmend/system.h>
#include "connection.h"
#include "load.h"
#include "loaded.h"

enum { WAITING = 8, TLS1_3 = 0x0304 };
struct waiting {
	const void *object; /* NULL: free */
	struct evidence *e;
	uint32_t
	    process; /* a child of fork(2) has its parent's entries too; they are the parent's to report */
};
static struct waiting waiting[WAITING];
static _Atomic unsigned waiting_count, failures;
static struct lock lock;

static bool enter(void)
{
	bool stale;
	if (!lock_enter(&lock, &stale))
		return false;
	if (stale) {
		memset(waiting, 0, sizeof waiting);
		atomic_store(&waiting_count, 0);
	}
	return true;
}

/* Under the lock. The evidence is the caller's, or NULL where it is another process's to report. */
static struct evidence *take(struct waiting *w)
{
	struct evidence *e = w->e;
	if (w->process != process_generation()) {
		evidence_free(e);
		e = NULL;
	}
	*w = (struct waiting){0};
	atomic_fetch_sub(&waiting_count, 1);
	return e;
}

static unsigned role_of(const struct evidence *e)
{
	if (e->event != EVENT_LOAD_FAILED)
		return ROLE_CIPHERS;
	return e->file_read ? ROLE_READ : 1u << e->file_role;
}

unsigned failed_settle(const void *object, unsigned roles, bool report)
{
	struct evidence *taken[WAITING];
	unsigned n = 0;
	if (atomic_load_explicit(&waiting_count, memory_order_relaxed) == 0 || !enter())
		return 0;
	for (unsigned i = 0; i < WAITING; i++) {
		struct waiting *w = &waiting[i];
		if (w->object && (!object || w->object == object) && roles & role_of(w->e))
			taken[n++] = take(w);
	}
	lock_leave(&lock);
	for (unsigned i = 0; i < n; i++) {
		if (report && taken[i])
			connection_report(NULL, taken[i]);
		else
			evidence_free(taken[i]);
	}
	return n;
}

/* Clients try a passphrase, or none, and then another: which attempt tells best is seen by what came of each. */
enum { ATTEMPTS = 4 }; /* that are looked at */
static bool is_decrypted(enum file_role role)
{
	return role == FILE_KEY || role == FILE_PKCS12;
}

bool failed_known(const void *object, enum file_role role, const char *path, const char *call)
{
	bool found = false;
	if (atomic_load_explicit(&waiting_count, memory_order_relaxed) == 0 || !enter())
		return false;
	for (unsigned i = 0; i < WAITING && !found; i++) {
		struct evidence *e = waiting[i].object == object ? waiting[i].e : NULL;
		if (e && e->event != EVENT_LOAD_FAILED)
			continue;
		/* a pair that does not fit was noticed when its key was loaded */
		if (!e ||
		    (e->file_role != role && !(role == FILE_PAIR && e->file_role == FILE_KEY)))
			continue;
		found = role == FILE_PAIR || strcmp(e->file_path, path) == 0;
		if (found && e->file_role == role && is_decrypted(role) &&
		    e->file_attempts < ATTEMPTS)
			found = false;
		if (found && role == FILE_CA)
			e->file_call = call;
	}
	lock_leave(&lock);
	return found;
}

/* Another attempt on the same file: the one that got further stays, or else the last; one that takes it for another form tells less. */
static bool same_file(const struct evidence *a, const struct evidence *b)
{
	return a->event == EVENT_LOAD_FAILED && b->event == EVENT_LOAD_FAILED &&
	       a->file_role == b->file_role && is_decrypted(a->file_role) && a->file_path &&
	       b->file_path && strcmp(a->file_path, b->file_path) == 0;
}

static struct evidence *better(struct evidence *before, struct evidence *now)
{
	const bool other_form = before->file_der_wanted != now->file_der_wanted;
	struct evidence *kept =
	    other_form || evidence_file_depth(now) < evidence_file_depth(before) ? before : now;
	kept->file_attempts = before->file_attempts + 1;
	evidence_free(kept == before ? now : before);
	return kept;
}

void failed_wait(const void *object, struct evidence *e)
{
	struct evidence *pushed_out = NULL;
	if (!enter()) {
		evidence_free(e);
		return;
	}
	for (unsigned k = 0; k < WAITING; k++)
		if (waiting[k].object == object && waiting[k].process == process_generation() &&
		    same_file(waiting[k].e, e)) {
			waiting[k].e = better(waiting[k].e, e);
			lock_leave(&lock);
			return;
		}
	unsigned i = 0;
	while (i < WAITING && waiting[i].object)
		i++;
	if (i == WAITING) {
		pushed_out = take(&waiting[0]);
		memmove(&waiting[0], &waiting[1], (WAITING - 1) * sizeof waiting[0]);
		i = WAITING - 1;
	}
	waiting[i] = (struct waiting){object, e, process_generation()};
	atomic_fetch_add(&waiting_count, 1);
	atomic_fetch_add(&failures, 1);
	lock_leave(&lock);
	if (pushed_out)
		connection_report(NULL, pushed_out);
}

unsigned load_failures(void)
{
	return atomic_load_explicit(&failures, memory_order_relaxed);
}

/* curl loads its trust store within the handshake, before it reads for the first time, and ends it when that fails. */
static bool ended_by_load(const struct connection *n, bool failed)
{
	return failed && n->load_failures != load_failures() && n->story.last_received < 0 &&
	       n->story.alert_received < 0 && !n->held.failed;
}

/* Or its own certificate, once the server has asked for one. */
static bool ended_by_own(const struct connection *n, bool failed)
{
	return failed && n->load_failures != load_failures() && n->story.requested &&
	       n->story.alert_received < 0 && !n->held.failed;
}

static X509_STORE *store_of(const struct openssl *o, const SSL *ssl)
{
	SSL_CTX *ctx = o->SSL_get_SSL_CTX(ssl);
	return ctx && o->SSL_CTX_get_cert_store ? o->SSL_CTX_get_cert_store(ctx) : NULL;
}

void load_pauses(const struct connection *n, const SSL *ssl)
{
	if (atomic_load_explicit(&waiting_count, memory_order_relaxed) == 0 ||
	    n->load_failures != load_failures())
		return;
	const X509_STORE *store = store_of(copy_api(n->copy), ssl);
	if (store)
		failed_settle(store, ROLE_CA, false);
}

bool load_settle(struct connection *n, SSL *ssl, bool failed)
{
	if (atomic_load_explicit(&waiting_count, memory_order_relaxed) == 0)
		return false;
	const struct openssl *o = copy_api(n->copy);
	SSL_CTX *ctx = o->SSL_get_SSL_CTX(ssl);
	X509_STORE *store = store_of(o, ssl);
	const bool ended = ended_by_load(n, failed), missed = failed && n->story.requested;
	/* otherwise a verification without the CA file says so itself, in its store line */
	unsigned reported = store ? failed_settle(store, ROLE_CA, ended) : 0;
	/* it went on to a handshake in spite of a cipher string that OpenSSL refused */
	failed_settle(ssl, ROLE_CIPHERS, false);
	if (ctx)
		failed_settle(ctx, ROLE_CIPHERS, false);
	/* under TLS 1.3 it shows later whether the server can do without a certificate */
	if (!failed && n->story.version == TLS1_3 && n->story.requested && n->story.shown_nothing &&
	    !n->story.ended)
		return false;
	unsigned own = failed_settle(ssl, ROLE_OWN, missed);
	if (ctx)
		own += failed_settle(ctx, ROLE_OWN, missed);
	return (ended && reported > 0) || (ended_by_own(n, failed) && own > 0);
}

/* A client that gives up at once often frees nothing. */
__attribute__((destructor)) static void at_exit(void)
{
	if (atomic_load_explicit(&waiting_count, memory_order_relaxed) == 0)
		return;
	KEEP_ERRNO_BEGIN
	failed_settle(NULL, ROLE_ALL, true);
	KEEP_ERRNO_END
}
