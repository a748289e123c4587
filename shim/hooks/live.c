/* SPDX-License-Identifier: ISC
 *
 * The client connections of this process, by the leaf that they were presented with.
 *
 * A verification is judged and mended only as the look of a client at its server. Most have the SSL in their context. .NET up to 10 runs
 * the handshake with verification off and builds the chain afterwards, without one; others verify in a context of their own inside
 * SSL_CTX_set_cert_verify_callback(). What they verify is the certificate of a live connection: the very object that the SSL gave
 * them, or another one of the same bytes. Everything else (a server's look at its client, a signature, a
 * program's own chain) is nobody's, and none of our business (tests/attacks/test_attacks_elsewhere.py).
 *
 * One leaf may serve many hosts. The object tells them apart. Where only the bytes are known, it stays open whose look it is, of several hosts
 * that have them at the moment, or a server's at a client that bears the same certificate: what strengthens holds then for all of them, what
 * adds for none.
 *
 * .NET verifies in several attempts, of which the first ones may fail for want of certificates that the later ones add, and a callback of
 * the program's may accept what failed; so a failure waits until its connection ends.
 */
#include "connection.h"
#include "live.h"
#include "peer.h"
#include "rule_of_peer.h"

#include <stdlib.h>
#include <string.h>

#include <bsd/string.h>
#include <bsd/sys/queue.h>

#include <tlsmend/vocabulary.h>

struct live {
	LIST_ENTRY(live) same_hash;
	unsigned lists; /* `list_number` when it was put into one */
	uint64_t id;
	uint8_t leaf[32];
	struct copy *copy;
	X509 *object;      /* a reference; NULL: the handshake is under way */
	const X509 *shown; /* live_shown() */
	struct peer_text peer;
	struct possible possible;
	bool done, left_to_client;
	uint32_t thread; /* that came to the end of its handshake */
	bool names_read, passed;
	const X509 *roots[LIVE_ROOTS]; /* struct live_match */
	struct evidence *failed;       /* the fullest look at the failure; owned */
	uint32_t
	    failed_in; /* the process: a child of fork(2) has the parent's, too; they are the parent's to report */
};

enum { BUCKETS = 256 };
LIST_HEAD(bucket, live);
static struct bucket buckets[BUCKETS];
static unsigned
    list_number; /* another one where the lists were begun anew: who is in the old ones is in none */
static struct lock lock;
static uint64_t next_id;
static atomic_uint count;
static atomic_uint unnoted; /* connections that there was no memory for */
/* A client that verified by itself once does so always. */
static atomic_bool verifies_by_itself;

bool live_client_verifies(void)
{
	return atomic_load_explicit(&verifies_by_itself, memory_order_relaxed);
}

bool live_any(void)
{
	return atomic_load_explicit(&count, memory_order_relaxed) != 0 || live_blind();
}

bool live_blind(void)
{
	return atomic_load_explicit(&unnoted, memory_order_relaxed) != 0;
}

static bool enter(void)
{
	bool stale = false;
	if (!lock_enter(&lock, &stale))
		return false;
	if (stale) { /* a fork in the middle of a change: what may be half done, of the parent's, is let go of */
		memset(buckets, 0, sizeof buckets);
		list_number++;
		atomic_store(&count, 0);
	}
	return true;
}

static struct bucket *bucket_of(const uint8_t leaf[32])
{
	return &buckets[leaf[0] % BUCKETS];
}

#define EACH_OF_LEAF(l, digest)                                                                    \
	LIST_FOREACH(l, bucket_of(digest), same_hash)                                              \
	if (memcmp((l)->leaf, digest, sizeof l->leaf) == 0)

/* ---- the connections ----------------------------------------------------------------------------------------- */

static void note_peer(struct live *l, const struct connection *n)
{
	struct peer peer;
	connection_peer(n, &peer);
	strlcpy(l->peer.host, peer.host ? peer.host : "", sizeof l->peer.host);
	strlcpy(l->peer.address, peer.address ? peer.address : "", sizeof l->peer.address);
	l->peer.port = peer.port;
	l->possible = n->possible;
}

/* Under the lock. */
static void take_out(struct live *l)
{
	if (l->lists != list_number)
		return;
	LIST_REMOVE(l, same_hash);
	atomic_fetch_sub(&count, 1);
}

static void set_unnoted(struct connection *n, bool now)
{
	if (n->leaf.unnoted == now)
		return;
	n->leaf.unnoted = now;
	if (now)
		atomic_fetch_add(&unnoted, 1);
	else
		atomic_fetch_sub(&unnoted, 1);
}

void live_note(struct connection *n, const uint8_t leaf[32])
{
	struct live *l = n->leaf.live ? n->leaf.live : malloc(sizeof *l);
	struct evidence *left = NULL;
	X509 *object = NULL;
	if (!l || !enter()) {
		set_unnoted(n, true);
		if (!n->leaf.live)
			free(l);
		return;
	}
	if (n->leaf.live) {
		take_out(l);
		object = l->object;
		left = l->failed;
	}
	*l = (struct live){.id = ++next_id, .copy = n->copy, .lists = list_number};
	atomic_fetch_add(&count, 1);
	memcpy(l->leaf, leaf, sizeof l->leaf);
	note_peer(l, n);
	LIST_INSERT_HEAD(bucket_of(leaf), l, same_hash);
	n->leaf.live = l;
	lock_leave(&lock);
	set_unnoted(n, false);
	if (object)
		copy_api(n->copy)->X509_free(object);
	evidence_free(left);
}

void live_done(struct connection *n, X509 *leaf)
{
	X509 *before = leaf;
	if (n->leaf.live && enter()) {
		before = n->leaf.live->object;
		n->leaf.live->object = leaf;
		n->leaf.live->done = true;
		n->leaf.live->thread = thread_number();
		note_peer(n->leaf.live, n);
		lock_leave(&lock);
	}
	if (before)
		copy_api(n->copy)->X509_free(before);
}

void live_peer_shows(struct connection *n)
{
	if (!n->leaf.live || !enter())
		return;
	note_peer(n->leaf.live, n);
	lock_leave(&lock);
}

void live_shown(struct connection *n, const X509 *leaf)
{
	if (!n->leaf.live || !enter())
		return;
	n->leaf.live->shown = leaf;
	lock_leave(&lock);
}

void live_left_to_client(struct connection *n)
{
	if (!n->leaf.live || !enter())
		return;
	n->leaf.live->left_to_client = true;
	lock_leave(&lock);
}

/* ---- whose look is it? ---------------------------------------------------------------------------------------- */

static void rule_of(const struct live *l, const struct policy *policy, struct rule *rule)
{
	struct peer peer = {.host = l->peer.host[0] ? l->peer.host : NULL,
			    .address = l->peer.address[0] ? l->peer.address : NULL,
			    .port = l->peer.port};
	memset(rule, 0, sizeof *rule);
	if (!policy)
		return;
	policy_lookup_now(policy, &peer, rule);
	rule_of_possible(policy, peer.host, &l->possible, rule);
}

static bool same_peer(const struct peer_text *a, const struct peer_text *b)
{
	return strcmp(a->host, b->host) == 0 && strcmp(a->address, b->address) == 0 &&
	       a->port == b->port;
}

/* Connections that resumed one session have one object. A client that verifies by itself does so where its handshake ended, most often. */
static void put_down_to(struct live_match *m, const struct live *l)
{
	const bool here = l->done && l->thread == thread_number();
	if (m->id == 0 || (here && !m->here))
		m->id = l->id;
	m->here = m->here || here;
}

static void add(struct live_match *m, const struct live *l, const struct policy *policy)
{
	struct rule rule;
	if (l->done && l->left_to_client)
		m->afterwards = true;
	put_down_to(m, l);
	rule_of(l, policy, &rule);
	if (m->hosts && same_peer(&m->peer, &l->peer)) {
		rule_strengthen(&m->rule, &rule);
		return;
	}
	if (m->hosts++ == 0) {
		m->peer = l->peer;
		m->rule = rule;
		return;
	}
	/* whose store is confined is also whose name the leaf has to carry */
	if (!m->rule.set[KEY_ONLY_CA_FILE] && rule.set[KEY_ONLY_CA_FILE])
		m->peer = l->peer;
	rule_combine(&m->rule, &rule);
}

bool live_find(const X509 *leaf, const uint8_t digest[32], const struct policy *policy,
	       struct live_match *m)
{
	const struct live *l;
	memset(m, 0, sizeof *m);
	if (!enter())
		return false;
	EACH_OF_LEAF(l, digest)
	if (l->object == leaf || l->shown == leaf)
		add(m, l, policy);
	const bool exact = m->hosts != 0;
	if (!exact)
		EACH_OF_LEAF(l, digest)
	add(m, l, policy);
	lock_leave(&lock);
	if (!exact)
		rule_combine(&m->rule, &m->rule);
	if (m->afterwards)
		atomic_store(&verifies_by_itself, true);
	return m->hosts != 0;
}

/* ---- what came of it ------------------------------------------------------------------------------------------ */

static size_t fullness(const struct evidence *e)
{
	return e->chain_count + e->presented_count;
}

static struct evidence *keep_fuller(struct live *l, struct evidence *e)
{
	if (l->failed && fullness(l->failed) > fullness(e))
		return e;
	struct evidence *out = l->failed;
	l->failed = e;
	l->failed_in = process_generation();
	return out;
}

static void keep_roots(struct live *l, const struct live_match *m)
{
	size_t kept = 0;
	for (size_t i = 0; i < LIVE_ROOTS && m->roots[i]; i++) {
		for (kept = 0; kept < LIVE_ROOTS && l->roots[kept]; kept++) {
			if (l->roots[kept] == m->roots[i])
				break;
		}
		if (kept < LIVE_ROOTS)
			l->roots[kept] = m->roots[i];
	}
}

void live_failed(const struct live_match *m, const uint8_t leaf[32], struct evidence *e)
{
	struct live *l;
	struct evidence *out = e;
	if (!e)
		return;
	e->verify_peer = true; /* whatever the mode of its connection */
	if (m->afterwards)
		e->event_count =
		    0; /* its callback says yes to everything, in order to collect it; what it decides shows later */
	if (enter()) {
		EACH_OF_LEAF(l, leaf)
		if (l->id == m->id && out == e) {
			keep_roots(l, m);
			out = keep_fuller(l, e);
		}
		lock_leave(&lock);
	}
	/* the connection went meanwhile, in another thread: its end is told by that */
	evidence_free(out);
}

bool live_passed(const struct live_match *m, const X509 *object, const uint8_t leaf[32])
{
	struct live *l;
	bool first = false;
	if (!enter())
		return true;
	EACH_OF_LEAF(l, leaf)
	{
		if (m->hosts == 1 ? l->object != object && l->id != m->id
				  : l->object && l->object != object)
			continue;
		first = first || !l->passed;
		l->passed = true;
		/* that is asked for once more when the chain itself is good */
		if (l->failed && !evidence_is_about_lists(l->failed, true)) {
			evidence_free(l->failed);
			l->failed = NULL;
		}
	}
	lock_leave(&lock);
	return first;
}

struct evidence *live_take(struct connection *n)
{
	struct evidence *e = NULL;
	if (!n->leaf.live || !enter())
		return NULL;
	e = n->leaf.live->failed;
	n->leaf.live->failed = NULL;
	lock_leave(&lock);
	return e;
}

bool live_is_good(const struct connection *n, bool *failed)
{
	bool good = false;
	*failed = false;
	if (!n->leaf.live || !enter())
		return false;
	*failed = n->leaf.live->failed != NULL;
	good = n->leaf.live->passed && !*failed;
	lock_leave(&lock);
	return good;
}

bool live_failed_at_root(const struct connection *n, uint8_t root[32],
			 const X509 *roots[LIVE_ROOTS], bool *alone)
{
	bool at_root = false;
	*alone = true;
	if (!n->leaf.live || !enter())
		return false;
	const struct evidence *e = n->leaf.live->failed;
	for (size_t i = 0; e && i < e->error_count; i++) {
		const bool is = verify_symbol(e->errors[i].code, e->version) ==
				VERIFY_SELF_SIGNED_CERT_IN_CHAIN;
		at_root = at_root || is;
		*alone = *alone && is;
	}
	const struct cert_info *top =
	    at_root && e->chain_count > 1 ? &e->chain[e->chain_count - 1] : NULL;
	at_root = top && e->chain_skipped == 0 && top->self_signed && top->have_sha256;
	if (at_root)
		memcpy(root, top->sha256, sizeof top->sha256);
	memcpy(roots, n->leaf.live->roots, sizeof n->leaf.live->roots);
	lock_leave(&lock);
	return at_root;
}

/* ---- names that the client reads by itself ---------------------------------------------------------------------- */

void live_read_names(const X509 *object, const uint8_t leaf[32])
{
	struct live *l;
	bool exact = false;
	if (!enter())
		return;
	EACH_OF_LEAF(l, leaf)
	if (l->object == object)
		exact = l->names_read = true;
	if (!exact)
		EACH_OF_LEAF(l, leaf)
	l->names_read = true;
	lock_leave(&lock);
}

bool live_names_read(const struct connection *n)
{
	bool read = false;
	if (!n->leaf.live || !enter())
		return false;
	read = n->leaf.live->names_read;
	lock_leave(&lock);
	return read;
}

/* ---- the end ------------------------------------------------------------------------------------------------------ */

/* The peer as far as the connection knows it by now. */
static void name_peer(struct evidence *e, const struct connection *n)
{
	if (!n->peer.host)
		return;
	if (!e->host)
		e->host = arena_strdup(&e->arena, n->peer.host);
	if (!e->host || e->port || strcmp(e->host, n->peer.host) != 0)
		return;
	e->address = n->peer.address[0] ? arena_strdup(&e->arena, n->peer.address) : NULL;
	e->port = n->peer.port;
}

/* Where it went on, its callback accepted what failed. But where nothing was known of revocation, it may just as well have got a good answer from
 * the CA's responder, which it does not ask OpenSSL about. What .NET compares by itself it accepted all the same. */
static bool nothing_else_is_wrong(struct evidence *e)
{
	if (!evidence_is_about_lists(e, false))
		return false;
	evidence_forget_lists(e);
	return e->error_count == 0 && (!e->name_checked || e->name_matches);
}

struct evidence *live_outcome(struct connection *n, SSL *ssl, bool went_on)
{
	const bool ours = n->leaf.live && n->leaf.live->failed_in == process_generation();
	struct evidence *e = live_take(n);
	if (e && (!ours || (went_on && nothing_else_is_wrong(e)))) {
		evidence_free(e);
		return NULL;
	}
	if (!e)
		return NULL;
	if (ssl)
		connection_find_peer(n, ssl);
	name_peer(e, n);
	e->enforced = !went_on;
	e->passed = went_on;
	return e;
}

void live_end(struct connection *n)
{
	struct live *l = n->leaf.live;
	set_unnoted(n, false);
	/* without the lock it stays in the list: leaked rather than freed under somebody's hands */
	if (!l || !enter())
		return;
	take_out(l);
	lock_leave(&lock);
	n->leaf.live = NULL;
	evidence_free(l->failed);
	if (l->object)
		copy_api(l->copy)->X509_free(l->object);
	free(l);
}
