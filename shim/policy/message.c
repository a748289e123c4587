/* SPDX-License-Identifier: ISC
 *
 * Messages of the configuration reader: escaped, bounded in length and in number. A source of a million
 * errors gives CONFIG_MAX_MESSAGES lines and one that counts the rest.
 */
#include "internal.h"

void quote(struct buf *b, const char *s, size_t n)
{
	buf_putc(b, '\'');
	escape_text(b, s, n, QUOTE_MAX);
	buf_putc(b, '\'');
}

struct buf *message_begin(struct parser *p)
{
	buf_clear(&p->message);
	if (p->item) {
		buf_puts(&p->message, "item ");
		quote(&p->message, p->item, p->item_length);
		buf_puts(&p->message, ": ");
	}
	return &p->message;
}

static void deliver(struct parser *p, enum severity severity, unsigned line)
{
	struct config_message m = {
	    .severity = severity,
	    .source = p->source_name,
	    .line = line,
	    .text = p->message.len > 0 ? buf_str(&p->message)
				       : "not understood (no memory to say what)",
	};
	if (p->report)
		p->report(p->arg, &m);
}

void message_send(struct parser *p, enum severity severity, unsigned line)
{
	if (p->shown == CONFIG_MAX_MESSAGES) {
		p->omitted++;
		p->omitted_error = p->omitted_error || severity == CONFIG_ERROR;
		return;
	}
	p->shown++;
	deliver(p, severity, line);
}

void message_summary(struct parser *p)
{
	if (p->omitted == 0)
		return;
	struct buf *b = message_begin(p);
	buf_uint(b, p->omitted);
	buf_puts(b, p->omitted == 1 ? " more message is not shown; mend the others first"
				    : " more messages are not shown; mend these first");
	deliver(p, p->omitted_error ? CONFIG_ERROR : CONFIG_WARNING, 0);
}
