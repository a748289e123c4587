/* SPDX-License-Identifier: ISC */
#include "verdict.h"

static const char *const words[] = {
    [REACH_YES] = "reachable",
    [REACH_PARTLY] = "partly reachable",
    [REACH_NO] = "out of reach",
    [REACH_NO_TLS] = "no TLS seen",
};

char *verdict_line(const struct target *t)
{
	if (t->reach == REACH_NO_TLS)
		return join(t->name, ": ", words[t->reach], ": ", t->why,
			    "; programs that it starts inherit the library", NULL);
	return join(t->name, ": ", words[t->reach], ": ", t->why, t->knob ? "; " : "",
		    t->knob ? t->knob : "", NULL);
}
