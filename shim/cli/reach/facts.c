/* SPDX-License-Identifier: ISC
 *
 * What is found about a target: facts, and the verdict.
 */
#include <stdarg.h>
#include <stdlib.h>

#include "target.h"

void target_fact(struct target *t, const char *label, const char *first, ...)
{
	struct buf b;
	va_list list;
	if (t->fact_count >= ARRAY_LENGTH(t->facts))
		return;
	buf_init(&b, 0);
	va_start(list, first);
	for (const char *s = first; s; s = va_arg(list, const char *))
		buf_puts(&b, s);
	va_end(list);
	t->facts[t->fact_count].label = label;
	t->facts[t->fact_count++].text = copy_string(buf_str(&b));
	buf_free(&b);
}

void target_verdict(struct target *t, enum reach reach, enum reason reason, const char *detail)
{
	free(t->why);
	t->reach = reach;
	t->reason = reason;
	t->why = reason_sentence(reason, detail);
	t->knob = reason == REASON_NONE ? NULL : knob_for(t->name, reason);
	/* A script is known by its interpreter: pip by python3.11. */
	if (t->program && reason != REASON_NONE) {
		const char *by_program = knob_for(path_base(t->program), reason);
		if (by_program && t->knob == knob_for("", reason))
			t->knob = by_program;
	}
}
