/* SPDX-License-Identifier: ISC
 *
 * A file that could not be loaded: is it there, who denies it, what is in it. Seen with the rights of this process and
 * without side effects: directories are asked for by stat(2), only regular files are opened, for reading. What was read may be a
 * private key: it is wiped, and only its kind and its public half are kept.
 */
#include "file.h"

#include <sys/stat.h>

enum { READ_LIMIT = 4 << 20 };

void file_wipe(struct buf *b)
{
	volatile char *p = b->data; /* so that it is not left out as useless */
	for (size_t i = 0; p && i < b->cap; i++)
		p[i] = 0;
	buf_free(b);
}

static void note_directory(struct evidence *e)
{
	char *cwd = e->file_path[0] != '/' ? arena_alloc(&e->arena, FILE_PATH_LIMIT) : NULL;
	if (cwd && file_link("/proc/self/cwd", cwd, FILE_PATH_LIMIT))
		e->file_cwd = cwd;
}

void evidence_file(struct evidence *e)
{
	struct file_status s;
	struct buf b;
	if (!e->file_path)
		return;
	KEEP_ERRNO_BEGIN
	buf_init(&b, 0);
	note_directory(e);
	e->system_errno = file_status(e->file_path, &s);
	e->file_size = s.size;
	if (e->system_errno == 0) {
		e->system_errno = file_read(e->file_path, READ_LIMIT, &b, NULL, NULL, NULL);
		if (e->system_errno == 0)
			file_look_inside(e, buf_str(&b), b.len);
		else if (S_ISDIR(s.mode))
			e->file_form = FORM_DIRECTORY;
		else if (!S_ISREG(s.mode))
			e->file_form = FORM_SPECIAL;
		if (S_ISDIR(s.mode) || !S_ISREG(s.mode) || e->system_errno == EFBIG)
			e->system_errno = 0;
	}
	file_wipe(&b);
	if (e->system_errno != 0)
		file_find_denier(e);
	KEEP_ERRNO_END
}
