/* SPDX-License-Identifier: ISC */
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "screen.h"

enum { NARROW = 72, WIDE = 120 };

unsigned screen_width(unsigned otherwise)
{
	const char *columns = getenv("COLUMNS");
	struct winsize size = {0};
	unsigned width = 0;
	if (!isatty(STDOUT_FILENO))
		return otherwise;
	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0)
		width = size.ws_col;
	if (!width && columns)
		width = (unsigned)strtoul(columns, NULL, 10);
	if (!width)
		return otherwise;
	return width < NARROW ? NARROW : width > WIDE ? WIDE : width;
}

static bool coloured(void)
{
	const char *no = getenv("NO_COLOR"), *term = getenv("TERM");
	return isatty(STDOUT_FILENO) && !(no && *no) && term && *term && strcmp(term, "dumb") != 0;
}

const char *screen_colour(enum screen_mark m)
{
	static const char *const colours[] = {"\x1b[32m", "\x1b[1;31m", "\x1b[33m"};
	return coloured() ? colours[m] : "";
}

const char *screen_plain(void)
{
	return coloured() ? "\x1b[0m" : "";
}
