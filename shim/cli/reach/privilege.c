/* SPDX-License-Identifier: ISC
 *
 * Which files make the kernel set AT_SECURE (security/commoncap.c, cap_bprm_creds_from_file): those that change an id, or
 * give capabilities to somebody who is not root.
 */
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "privilege.h"

void privilege_read(const char *path, struct privilege *p)
{
	struct statvfs fs;
	struct stat st;
	memset(p, 0, sizeof *p);
	if (stat(path, &st) != 0)
		return;
	if (statvfs(path, &fs) == 0 && (fs.f_flag & ST_NOSUID))
		return;
	if (st.st_mode & S_ISUID) {
		p->what = "setuid";
		p->for_us = st.st_uid != getuid();
	}
	if ((st.st_mode & (S_ISGID | S_IXGRP)) == (S_ISGID | S_IXGRP)) {
		if (!p->what)
			p->what = "setgid";
		p->for_us = p->for_us || st.st_gid != getgid();
	}
	if (getxattr(path, "security.capability", NULL, 0) > 0) {
		if (!p->what)
			p->what = "given file capabilities";
		p->for_us = p->for_us || getuid() != 0;
	}
}
