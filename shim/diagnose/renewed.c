/* SPDX-License-Identifier: ISC
 *
 * Files that were renewed after the program had read them.
 */
#include "diagnosis.h"

/* The CA of that name that the client did read. NULL: none. */
static const struct cert_info *read_before(const struct evidence *e)
{
	for (size_t i = 0; i < e->near_count; i++) {
		if (e->near[i].candidate->from == FROM_STORE)
			return e->near[i].candidate;
	}
	return NULL;
}

static void help_restart(struct diagnosis *d, const char *file)
{
	help_line(d, say(d->e, "restart the program, or have it read its settings again: it read ",
			 file, " once, before that was changed", (char *)NULL));
}

void explain_renewed(struct diagnosis *d)
{
	struct evidence *e = d->e;
	const struct cert_info *old = read_before(e);
	const char *file = file_path_text(e, e->renewed_file);
	d->r->expected = say(e, say_subject(e, e->renewed), say_fingerprint(d->e, e->renewed),
			     " of ", file, (char *)NULL);
	d->r->presented =
	    old ? say(e, say_subject(e, old), say_fingerprint(d->e, old), (char *)NULL) : NULL;
	d->r->why = say(e, file, ", which this program loaded, has changed since: by now it holds ",
			say_subject(e, e->renewed), say_fingerprint(d->e, e->renewed),
			", which this chain leads to; ",
			old ? "what the program read has another CA of that name"
			    : "what the program read did not have it",
			old ? say_fingerprint(d->e, old) : "", (char *)NULL);
	help_restart(d, file);
}

void note_renewed_own(struct diagnosis *d)
{
	struct evidence *e = d->e;
	const struct cert_info *c = own_leaf(e);
	if (!e->own.renewed || !e->own.file || !c)
		return;
	const char *file = say_string(e, e->own.file);
	d->r->why = say(
	    e, d->r->why, "; ", file, " has changed since the program read it: by now it holds ",
	    say_subject(e, e->own.renewed), ", valid until ",
	    say_date(e, e->own.renewed->not_after), say_fingerprint(d->e, e->own.renewed),
	    ", while the program shows the one valid until ", say_date(e, c->not_after),
	    say_fingerprint(d->e, c), (char *)NULL);
	help_restart(d, file);
}
