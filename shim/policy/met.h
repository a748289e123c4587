/* SPDX-License-Identifier: ISC
 *
 * Which rule was found for which host (met.c).
 */
#ifndef TLSMEND_POLICY_MET_H
#define TLSMEND_POLICY_MET_H

#include <tlsmend/apply.h>

enum { MET_HOSTS = 64 };
/* All zero at first. */
struct met_hosts {
	_Atomic(struct met *) at[MET_HOSTS];
};
/* By its name. NULL: it is not known. Thread-safe, as met_keep(). */
struct met *met_find(struct met_hosts *h, const char *host);
/* What holds for this peer, whose host it is, into a rule that is clear. False: that is not known. */
bool met_rule(const struct met *m, const struct peer *peer, struct rule *out);
/* Keeps what was looked up, after section_changes() had that number. NULL: it is not kept. */
struct met *met_keep(struct met_hosts *h, const struct peer *peer, unsigned changes,
		     const struct rule *rule);
void met_free(struct met_hosts *h);

#endif
