/* SPDX-License-Identifier: ISC */
#include "codes.h"
#include "say.h"

#include <string.h>

void diagnose(struct evidence *e, struct record *r)
{
	const struct verify_error first =
	    e->error_count > 0 ? e->errors[0] : (struct verify_error){e->code, e->depth};

	memset(r, 0, sizeof(*r));
	r->level = LEVEL_ERROR;
	r->event = e->event;
	r->time_ms = clock_realtime_ms();
	r->cause = first.code != 0 ? verify_symbol_cause(verify_symbol(first.code, e->version))
				   : CAUSE_PROTOCOL_ERROR;
	r->message = say(e, "cannot trust ",
			 e->host != NULL ? say_string(e, e->host) : "the server", (char *)NULL);
	r->code = first.code != 0 ? first.code : -1;
	r->depth = first.depth;
	r->enforced = -1;
	r->host = e->host;
	r->port = e->port;
}
