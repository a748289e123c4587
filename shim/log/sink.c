/* SPDX-License-Identifier: ISC
 *
 * sink: the words of TLSMEND_LOG, _FORMAT and _LEVEL, and which destination they name. */
#include "destination.h"

#include <string.h>
#include <unistd.h>

static const char *syslog_socket = SYSLOG_SOCKET, *journal_socket = JOURNAL_SOCKET;

void sink_use_sockets(const char *syslog_path, const char *journal_path)
{
	syslog_socket = syslog_path ? syslog_path : SYSLOG_SOCKET;
	journal_socket = journal_path ? journal_path : JOURNAL_SOCKET;
}

static int parse_descriptor(const char *digits)
{
	const size_t n = strspn(digits, "0123456789");
	int fd = 0;
	if (n < 1 || n > 9 || digits[n])
		return -1;
	while (*digits)
		fd = fd * 10 + (*digits++ - '0');
	return fd;
}

bool sink_parse(const char *text, struct sink *s)
{
	static const struct {
		char word[8];
		enum sink_kind kind;
	} words[] = {{"stderr", SINK_STDERR},
		     {"syslog", SINK_SYSLOG},
		     {"journal", SINK_JOURNAL},
		     {"off", SINK_OFF}};
	*s = (struct sink){.kind = SINK_STDERR, .fd = -1};
	if (!text || !*text)
		return true;
	for (size_t i = 0; i < ARRAY_LENGTH(words); i++)
		if (!strcmp(text, words[i].word)) {
			s->kind = words[i].kind;
			return true;
		}
	if (text[0] == '/') {
		s->kind = SINK_FILE;
		s->path = text;
		return true;
	}
	if (!strncmp(text, "fd:", 3))
		s->fd = parse_descriptor(text + 3);
	if (s->fd >= 0)
		s->kind = SINK_FD;
	return s->fd >= 0;
}

bool log_format_parse(const char *text, bool *json)
{
	*json = text && !strcmp(text, "json");
	return !text || !*text || *json || !strcmp(text, "text");
}

bool log_level_parse(const char *text, enum level *level)
{
	static const char words[][8] = {"error", "warning", "info", "debug"};
	*level = LEVEL_WARNING;
	if (!text || !*text)
		return true;
	for (size_t i = 0; i < ARRAY_LENGTH(words); i++)
		if (!strcmp(text, words[i])) {
			*level = (enum level)(LEVEL_ERROR + i);
			return true;
		}
	return false;
}

void sink_remember_descriptors(void)
{
	struct sink s;
	sink_parse(environment_get()->log, &s);
	descriptor_remember(DESCRIPTOR_STDERR, STDERR_FILENO);
	descriptor_remember(DESCRIPTOR_STDOUT, STDOUT_FILENO);
	descriptor_remember(DESCRIPTOR_CHOSEN, s.kind == SINK_FD ? s.fd : -1);
}

int sink_write(const struct sink *s, const char *data, size_t n, int priority, const char *program)
{
	switch (s->kind) {
	case SINK_STDERR:
		return descriptor_write(DESCRIPTOR_STDERR, STDERR_FILENO, data, n);
	case SINK_FD:
		return descriptor_write(DESCRIPTOR_CHOSEN, s->fd, data, n);
	case SINK_FILE:
		return file_write(s->path, data, n);
	case SINK_SYSLOG:
		return syslog_write(syslog_socket, data, n, priority, program);
	case SINK_JOURNAL:
		return journal_write(journal_socket, data, n, priority, program);
	case SINK_OFF:
		break;
	}
	return 0;
}

bool sink_is_terminal(const struct sink *s)
{
	if (s->kind == SINK_STDERR)
		return descriptor_is_terminal(STDERR_FILENO);
	return s->kind == SINK_FD && descriptor_is_terminal(s->fd);
}
