/* SPDX-License-Identifier: ISC */
#ifndef TLSMEND_CLI_ENV_H
#define TLSMEND_CLI_ENV_H

#include "../configuration/paths_named.h"
#include "../configuration/settings.h"

/* Forms of `tlsmend env`; option ids beside enum variable. */
enum form {
	FORM_SHELL = VARIABLE_COUNT,
	FORM_SYSTEMD,
	FORM_DOCKER,
	FORM_COMPOSE,
	FORM_KUBERNETES,
	FORM_DOCKERFILE,
	FORM_END /* options of service begin here */
};
/* The settings in that form, on standard output. */
void env_print(const struct settings *s, enum form form, const char *preload,
	       const struct named_paths *paths);
/* A word for a unit file, in double quotes. */
void env_unit_word(struct buf *b, const char *s);

#endif
