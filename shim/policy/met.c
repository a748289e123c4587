/* SPDX-License-Identifier: ISC
 *
 * A client asks the same hosts again and again. Which rule holds for one of them follows from the host, its address and port, and the rules, as long as no
 * section is left out, or comes in again, and none has a day on which it ends: so it is kept beside the rules themselves, and goes with them.
 *
 * The first one at a place stays there: nobody who looks at it has to fear that it goes.
 */
#include <stdlib.h>
#include <string.h>

#include "internal.h"
#include "met.h"

enum { KEYS = 6, TOLD_MS = 60000, DAY_MS = 24 * 60 * 60 * 1000 };
struct met {
	unsigned changes;
	uint16_t port;
	uint8_t count;
	const struct setting *set[KEYS];
	/* a use that needs not be told, and until when (clock_monotonic_ms()) that is not asked again */
	_Atomic(const struct setting *) told;
	_Atomic uint64_t told_until_ms;
	char address[ADDRESS_TEXT];
	size_t host_size; /* with its NUL */
	char host[];
};

/* By how long it is, how it begins and how it ends. */
static _Atomic(struct met *) *place_of(struct met_hosts *h, const char *host, size_t size)
{
	uint64_t first = 0, last = 0;
	if (size >= sizeof first) {
		memcpy(&first, host, sizeof first);
		memcpy(&last, host + size - sizeof last, sizeof last);
	} else {
		memcpy(&first, host, size);
	}
	const uint64_t sum = ((first ^ size) * 31 + last) * UINT64_C(0x9e3779b97f4a7c15);
	return &h->at[(sum >> 32) % MET_HOSTS];
}

struct met *met_find(struct met_hosts *h, const char *host)
{
	const size_t size = strlen(host) + 1;
	struct met *m = atomic_load_explicit(place_of(h, host, size), memory_order_acquire);
	return m && m->host_size == size && memcmp(m->host, host, size) == 0 ? m : NULL;
}

bool met_rule(const struct met *m, const struct peer *peer, struct rule *out)
{
	/* whoever keeps the pointer may have another host by now */
	if (m->changes != section_changes() || m->port != peer->port ||
	    strcmp(m->host, peer->host) != 0 ||
	    (peer->address ? strcmp(m->address, peer->address) != 0 : m->address[0] != '\0'))
		return false;
	for (unsigned i = 0; i < m->count; i++)
		out->set[m->set[i]->key] = m->set[i];
	out->count = m->count;
	return true;
}

/* Nothing but keys that hold. */
static bool is_plain(const struct rule *rule)
{
	return !rule->closed && !rule->expired && !rule->dry_count && !rule->waiting[0] &&
	       !rule->waiting[1] && !rule->waiting[2] && rule->count <= KEYS;
}

struct met *met_keep(struct met_hosts *h, const struct peer *peer, unsigned changes,
		     const struct rule *rule)
{
	struct met *none = NULL;
	char normal[256];
	/* what is found by a name is that name as it is written here */
	if (!peer->host || !host_normalise(peer->host, normal) || strcmp(normal, peer->host) != 0 ||
	    peer->port > UINT16_MAX || !is_plain(rule) ||
	    (peer->address && strlen(peer->address) >= ADDRESS_TEXT))
		return NULL;
	const size_t size = strlen(peer->host) + 1;
	_Atomic(struct met *) *const place = place_of(h, peer->host, size);
	struct met *m = atomic_load(place) ? NULL : calloc(1, sizeof *m + size);
	if (!m)
		return NULL;
	m->changes = changes;
	m->port = (uint16_t)peer->port;
	m->host_size = size;
	memcpy(m->host, peer->host, size);
	if (peer->address)
		memcpy(m->address, peer->address, strlen(peer->address));
	for (unsigned key = 0; key < KEY_COUNT; key++)
		if (rule->set[key])
			m->set[m->count++] = rule->set[key];
	if (atomic_compare_exchange_strong(place, &none, m))
		return m;
	free(m);
	return NULL;
}

void met_free(struct met_hosts *h)
{
	for (size_t i = 0; i < MET_HOSTS; i++)
		free(atomic_load(&h->at[i]));
}

/* ---- uses that were told ----------------------------------------------------------------------------------------- */

bool met_is_told(const struct met *m, const struct setting *s, uint64_t now)
{
	return m && now < atomic_load(&m->told_until_ms) && atomic_load(&m->told) == s;
}

/* Not beyond the day: on each one it is told once. */
void met_told(struct met *m, const struct setting *s, uint64_t now)
{
	const struct setting *none = NULL;
	if (!m || (!atomic_compare_exchange_strong(&m->told, &none, s) && none != s))
		return;
	const uint64_t rest = (uint64_t)(DAY_MS - clock_realtime_ms() % DAY_MS);
	atomic_store(&m->told_until_ms, now + (rest < TOLD_MS ? rest : TOLD_MS));
}
