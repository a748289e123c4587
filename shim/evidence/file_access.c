/* SPDX-License-Identifier: ISC
 *
 * Who denies a file: the first directory on the way that is not there or may not be entered, or the file itself; its owner and
 * mode, and the user and groups that this process has. Names of users come from /etc/passwd and /etc/group as files: the
 * library's functions for them may ask the network.
 */
#include "file.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- users, groups, and what else restricts a process --------------------------------------------------------- */

/* Digits up to the first other character. *end NULL: not wanted. */
static uint64_t number_at(const char *s, unsigned base, const char **end)
{
	uint64_t v = 0;
	unsigned digit;
	for (;; s++) {
		const char c = ascii_lower(*s);
		digit = ascii_is_digit(c)      ? (unsigned)(c - '0')
			: c >= 'a' && c <= 'f' ? (unsigned)(c - 'a' + 10)
					       : base;
		if (digit >= base)
			break;
		v = v * base + digit;
	}
	if (end)
		*end = s;
	return v;
}

/* "33 (www-data)", out of the text of a file with lines name:password:number:... */
static void add_id(struct buf *out, const char *file, uint32_t id)
{
	const char *end, *name_end, *number;
	const char *rest;
	buf_uint(out, id);
	for (const char *line = file; *line != '\0'; line = *end == '\n' ? end + 1 : end) {
		end = line + strcspn(line, "\n");
		name_end = memchr(line, ':', (size_t)(end - line));
		number = name_end ? memchr(name_end + 1, ':', (size_t)(end - name_end - 1)) : NULL;
		if (!number || number + 1 >= end || !ascii_is_digit(number[1]))
			continue;
		if (number_at(number + 1, 10, &rest) != id || *rest != ':')
			continue;
		buf_puts(out, " (");
		escape_text(out, line, (size_t)(name_end - line), 32);
		buf_putc(out, ')');
		return;
	}
}

static const char *id_text(struct evidence *e, const char *file, uint32_t id)
{
	struct buf b;
	buf_init(&b, 128);
	add_id(&b, file, id);
	const char *s = arena_strdup(&e->arena, buf_str(&b));
	buf_free(&b);
	return s;
}

static void read_small(const char *path, struct buf *b)
{
	buf_init(b, 0);
	file_read(path, 1 << 18, b, NULL, NULL, NULL);
}

static void note_groups(struct evidence *e, const char *file)
{
	enum { GROUPS = 32 };
	gid_t groups[GROUPS];
	const int n = getgroups(GROUPS, groups);
	struct buf b;
	buf_init(&b, 512);
	add_id(&b, file, e->file_gid);
	e->file_in_group = e->file_gid == e->file_group;
	for (int i = 0; i < n; i++) {
		e->file_in_group = e->file_in_group || groups[i] == e->file_group;
		if (groups[i] == e->file_gid)
			continue;
		buf_puts(&b, ", ");
		add_id(&b, file, groups[i]);
	}
	e->file_groups = arena_strdup(&e->arena, buf_str(&b));
	buf_free(&b);
}

/* The map of users is the whole range onto itself, except in a container of its own users. */
static void note_user_namespace(struct evidence *e)
{
	struct buf b;
	read_small("/proc/self/uid_map", &b);
	e->file_user_namespace = b.len > 0 && !strstr(buf_str(&b), "4294967295");
	buf_free(&b);
}

/* capabilities(7): CAP_DAC_OVERRIDE 1, CAP_DAC_READ_SEARCH 2. A service manager takes them even from user 0. */
static void note_capabilities(struct evidence *e)
{
	enum { READ_EVERYTHING = 1 << 1 | 1 << 2 };
	static const char word[] = "\nCapEff:\t";
	struct buf b;
	read_small("/proc/self/status", &b);
	const char *line = strstr(buf_str(&b), word);
	e->file_root_is_bound =
	    e->file_uid == 0 && line &&
	    (number_at(line + sizeof word - 1, 16, NULL) & READ_EVERYTHING) == 0;
	buf_free(&b);
}

/* What AppArmor ("profile (enforce)") or SELinux ("system_u:system_r:httpd_t:s0") calls this process. */
static void note_label(struct evidence *e)
{
	struct buf b;
	read_small("/proc/self/attr/current", &b);
	size_t n = strcspn(buf_str(&b), "\n");
	if (n > 0 && n < 256 && strncmp(b.data, "unconfined", 10) != 0 &&
	    !strstr(b.data, ":unconfined_t:") && !strstr(b.data, "(complain)"))
		e->file_label = arena_strndup(&e->arena, b.data, n);
	buf_free(&b);
}

static void note_process(struct evidence *e)
{
	struct buf users, groups;
	read_small("/etc/passwd", &users);
	read_small("/etc/group", &groups);
	e->file_uid = geteuid();
	e->file_gid = getegid();
	e->file_user = id_text(e, buf_str(&users), e->file_uid);
	if (e->file_denier_known) {
		e->file_owner_text = id_text(e, buf_str(&users), e->file_owner);
		e->file_group_text = id_text(e, buf_str(&groups), e->file_group);
	}
	note_groups(e, buf_str(&groups));
	buf_free(&users);
	buf_free(&groups);
	note_user_namespace(e);
	note_capabilities(e);
	note_label(e);
}

/* ---- who denies ------------------------------------------------------------------------------------- */

static void note_denier(struct evidence *e, const char *path, bool directory)
{
	struct file_status s;
	e->file_denier = arena_strdup(&e->arena, path);
	e->file_denier_is_directory = directory;
	e->file_denier_known = file_status(path, &s) == 0;
	e->file_owner = s.owner;
	e->file_group = s.group;
	e->file_mode = s.mode & 07777;
	e->file_access_list = e->file_denier_known && file_has_access_list(path);
}

/* May the directory path[0..n) be entered? A look at its own entry "." tells. 0, or an error number. There is room for two bytes
 * more in `path`. */
static int enter_directory(char *path, size_t n)
{
	const char kept[2] = {path[n + 1], path[n + 2]};
	struct file_status s;
	path[n + 1] = '.';
	path[n + 2] = '\0';
	int error = file_status(path, &s);
	path[n + 1] = kept[0];
	path[n + 2] = kept[1];
	return error;
}

/* The first directory on the way that is not there or may not be entered. */
static bool blocked_on_the_way(struct evidence *e, char *path)
{
	for (size_t i = 1; path[i - 1] != '\0' && path[i] != '\0'; i++) {
		const int error =
		    path[i] == '/' && path[i - 1] != '/' ? enter_directory(path, i) : 0;
		if (error == 0)
			continue;
		path[i] = '\0';
		e->system_errno = error;
		note_denier(e, path, true);
		return true;
	}
	return false;
}

/* Follows a link as the kernel would, so that the target's directories are looked at. */
static bool follow(char *path, char *scratch, size_t limit)
{
	const char *slash = strrchr(path, '/');
	const size_t head = slash ? (size_t)(slash + 1 - path) : 0;
	if (!file_link(path, scratch, limit))
		return false;
	if (scratch[0] == '/') {
		memcpy(path, scratch, strlen(scratch) + 1);
		return true;
	}
	if (head + strlen(scratch) + 1 > limit)
		return false;
	memcpy(path + head, scratch, strlen(scratch) + 1);
	return true;
}

static void look_for_denier(struct evidence *e)
{
	enum { LINKS = 8 };
	char *path = arena_alloc(&e->arena, FILE_PATH_LIMIT),
	     *scratch = arena_alloc(&e->arena, FILE_PATH_LIMIT);
	e->file_denier = e->file_path;
	if (!path || !scratch || strlen(e->file_path) + 3 > FILE_PATH_LIMIT)
		return;
	memcpy(path, e->file_path, strlen(e->file_path) + 1);
	for (int links = 0; links < LINKS; links++) {
		if (blocked_on_the_way(e, path))
			return;
		if (!follow(path, scratch, FILE_PATH_LIMIT - 3))
			break;
	}
	note_denier(e, path, false);
}

void file_find_denier(struct evidence *e)
{
	look_for_denier(e);
	if (e->system_errno == EACCES || e->system_errno == EPERM)
		note_process(e);
}
