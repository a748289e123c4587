/* SPDX-License-Identifier: ISC
 *
 * A unit of systemd, as far as it matters for what a preloaded library needs. Read from its files, since systemd may not run here.
 */
#ifndef TLSMEND_CLI_SERVICE_UNIT_H
#define TLSMEND_CLI_SERVICE_UNIT_H

#include "env.h"

struct unit {
	char *name;             /* "NAME.service" */
	char *path;             /* NULL: there is none */
	char *program;          /* of its first ExecStart=; NULL: none */
	char *user;             /* "" root */
	char *preload;          /* of its own Environment=; NULL: none */
	char *environment_file; /* NULL: none */
	bool dynamic_user, private_tmp, protect_home;
	bool strict;           /* ProtectSystem=strict: may write nowhere */
	bool system_read_only; /* ... or full: not below /etc */
	char *writable;        /* ReadWritePaths and the like, with blanks between */
};
void unit_read(struct unit *u, const char *name);
void unit_free(struct unit *u);
/* Where `tlsmend service` writes for it. free(3) it. */
char *unit_drop_in(const struct unit *u);
/* Says on standard error which of the files a unit would not see. NULL: some unit. */
void unit_warn(const struct named_paths *paths, const struct unit *u);
/* May the unit write that log? */
bool unit_may_write(const struct unit *u, const char *path);

enum service_option { SERVICE_REMOVE = FORM_END, SERVICE_DRY_RUN };
int service_main(const struct command *self, int argc, char **argv);

#endif
