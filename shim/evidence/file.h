/* SPDX-License-Identifier: ISC
 *
 * Between file.c, file_form.c, file_access.c and file_pair.c (private to the room "evidence").
 */
#ifndef TLSMEND_EVIDENCE_FILE_H
#define TLSMEND_EVIDENCE_FILE_H

#include <tlsmend/evidence.h>

enum { FILE_PATH_LIMIT = 512 };

/* What was read may be a private key. */
void file_wipe(struct buf *b);
/* What s[0..n), which ends with a NUL, is: file_form, file_blocks, file_has_*, file_bad_line. */
void file_look_inside(struct evidence *e, const char *s, size_t n);
/* Which directory on the way, or the file itself, is not there or denies (file_denier ...), and to whom (file_user ...). */
void file_find_denier(struct evidence *e);

#endif
