/* SPDX-License-Identifier: ISC */
#include <grp.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <tlsmend/config_files.h>
#include "unit.h"

/* As systemd.unit(5) has them, what counts more first. */
static const char *const folders[] = {"/etc/systemd/system/", "/run/systemd/system/",
				      "/usr/local/lib/systemd/system/", "/usr/lib/systemd/system/",
				      "/lib/systemd/system/"};

static void replace(char **to, const char *value)
{
	free(*to);
	*to = copy_string(value);
}

static bool is_on(const char *value)
{
	static const char *const words[] = {"yes",          "true",      "on",   "1",
					    "disconnected", "read-only", "tmpfs"};
	for (size_t i = 0; i < ARRAY_LENGTH(words); i++)
		if (strcasecmp(value, words[i]) == 0)
			return true;
	return false;
}

/* LD_PRELOAD among the words of Environment=, which may stand in quotes. */
static void take_environment(struct unit *u, const char *value)
{
	const char *at = strstr(value, "LD_PRELOAD=");
	if (!at) {
		if (!*value)
			replace(&u->preload, "");
		return;
	}
	const char quote = at > value && strchr("\"'", at[-1]) ? at[-1] : ' ';
	const char stop[] = {quote, '\0'};
	at += strlen("LD_PRELOAD=");
	free(u->preload);
	u->preload = checked(strndup(at, strcspn(at, stop)));
}

/* The first word, without the marks that systemd.service(5) puts in front of it. An empty value begins the list anew. */
static void take_program(struct unit *u, const char *value)
{
	value += strspn(value, "@-:+!| ");
	const char quote = *value == '"' || *value == '\'' ? *value++ : ' ';
	const char stop[] = {quote, quote == ' ' ? '\t' : quote, '\0'};
	const size_t n = strcspn(value, stop);
	if (u->program && n)
		return;
	free(u->program);
	u->program = n ? checked(strndup(value, n)) : NULL;
}

static void take_writable(struct unit *u, const char *key, const char *value)
{
	static const struct {
		const char *key, *folder;
	} kinds[] = {{"ReadWritePaths", ""},
		     {"LogsDirectory", "/var/log/"},
		     {"StateDirectory", "/var/lib/"},
		     {"CacheDirectory", "/var/cache/"},
		     {"RuntimeDirectory", "/run/"}};
	for (size_t i = 0; i < ARRAY_LENGTH(kinds); i++)
		if (strcmp(key, kinds[i].key) == 0) {
			char *longer = join(u->writable, " ", kinds[i].folder,
					    value + strspn(value, "-+"), NULL);
			free(u->writable);
			u->writable = longer;
		}
}

static void take_key(struct unit *u, const char *key, const char *value)
{
	if (strcmp(key, "User") == 0)
		replace(&u->user,
			strcmp(value, "root") == 0 || strcmp(value, "0") == 0 ? "" : value);
	else if (strcmp(key, "DynamicUser") == 0)
		u->dynamic_user = is_on(value);
	else if (strcmp(key, "PrivateTmp") == 0)
		u->private_tmp = is_on(value);
	else if (strcmp(key, "ProtectHome") == 0)
		u->protect_home = is_on(value);
	else if (strcmp(key, "ProtectSystem") == 0) {
		u->strict = strcmp(value, "strict") == 0;
		u->system_read_only = u->strict || strcmp(value, "full") == 0;
	} else if (strcmp(key, "EnvironmentFile") == 0)
		replace(&u->environment_file, value);
	else if (strcmp(key, "Environment") == 0)
		take_environment(u, value);
	else if (strcmp(key, "ExecStart") == 0)
		take_program(u, value);
	else
		take_writable(u, key, value);
}

static void read_file(struct unit *u, const char *path)
{
	bool service = false;
	struct buf b;
	char *line, *rest;
	buf_init(&b, 1024 * 1024);
	if (file_read(path, 1024 * 1024, &b, NULL, NULL, NULL) == 0 && b.len) {
		for (line = strtok_r(b.data, "\n", &rest); line;
		     line = strtok_r(NULL, "\n", &rest)) {
			char *equals = strchr(line, '=');
			line += strspn(line, " \t");
			if (*line == '[')
				service = strncmp(line, "[Service]", 9) == 0;
			if (!service || !equals || *line == '#' || *line == ';' || equals < line)
				continue;
			*equals++ = '\0';
			line[strcspn(line, " \t")] = '\0';
			equals += strspn(equals, " \t");
			take_key(u, line, equals);
		}
	}
	buf_free(&b);
}

static void read_drop_ins(struct unit *u, const char *folder, const char *name)
{
	char *path = join(folder, name, ".d/", NULL);
	struct buf list;
	buf_init(&list, 0);
	if (include_list(path, &list) == 0)
		for (size_t at = 0; at < list.len; at += strlen(list.data + at) + 1)
			if (strcmp(path_base(list.data + at), "tlsmend.conf") != 0)
				read_file(u, list.data + at);
	buf_free(&list);
	free(path);
}

/* "x@1.service" is of the template "x@.service". */
static char *template_of(const char *name)
{
	const char *at = strchr(name, '@');
	const char *dot = strrchr(name, '.');
	char *front = at ? checked(strndup(name, (size_t)(at - name) + 1)) : NULL;
	char *whole = front ? join(front, dot, NULL) : NULL;
	free(front);
	return whole;
}

void unit_read(struct unit *u, const char *name)
{
	const char *dot = strrchr(name, '.');
	memset(u, 0, sizeof *u);
	u->name = join(name, dot && strcmp(dot, ".service") == 0 ? "" : ".service", NULL);
	u->user = copy_string("");
	u->writable = copy_string("");
	char *template = template_of(u->name);
	const char *const names[] = {u->name, template};
	for (size_t n = 0; n < ARRAY_LENGTH(names) && !u->path; n++)
		for (size_t i = 0; names[n] && i < ARRAY_LENGTH(folders) && !u->path; i++) {
			char *path = join(folders[i], names[n], NULL);
			if (access(path, F_OK) == 0)
				u->path = path;
			else
				free(path);
		}
	if (u->path)
		read_file(u, u->path);
	for (size_t i = ARRAY_LENGTH(folders); i-- > 0;) {
		if (template)
			read_drop_ins(u, folders[i], template);
		read_drop_ins(u, folders[i], u->name);
	}
	free(template);
}

char *unit_drop_in(const struct unit *u)
{
	return join("/etc/systemd/system/", u->name, ".d/tlsmend.conf", NULL);
}

void unit_free(struct unit *u)
{
	free(u->name);
	free(u->path);
	free(u->program);
	free(u->user);
	free(u->preload);
	free(u->environment_file);
	free(u->writable);
}

/* ---- what it can see ------------------------------------------------------------------------------------ */

struct identity {
	bool known, root;
	uid_t user;
	gid_t groups[64];
	int count;
};

static void identify(struct identity *id, const struct unit *u)
{
	const struct passwd *p = *u->user ? getpwnam(u->user) : NULL;
	memset(id, 0, sizeof *id);
	id->root = !*u->user && !u->dynamic_user;
	id->known = id->root || u->dynamic_user || p;
	/* of a user that is made at the start nothing is known but that it is nobody else */
	id->user = (uid_t)-2;
	if (p && !u->dynamic_user) {
		id->user = p->pw_uid;
		id->root = p->pw_uid == 0;
		id->count = ARRAY_LENGTH(id->groups);
		if (getgrouplist(p->pw_name, p->pw_gid, id->groups, &id->count) < 0)
			id->count = ARRAY_LENGTH(id->groups);
	}
}

static bool allowed(const struct identity *id, const struct stat *st, unsigned bit)
{
	if (st->st_uid == id->user)
		return st->st_mode & (bit << 6);
	for (int i = 0; i < id->count; i++)
		if (st->st_gid == id->groups[i])
			return st->st_mode & (bit << 3);
	return st->st_mode & bit;
}

/* Every folder on the way can be passed, and the file be read. */
static bool readable(const struct identity *id, const char *path)
{
	char *part = copy_string(path);
	struct stat st;
	bool good = id->root || stat(path, &st) != 0 || allowed(id, &st, 04);
	for (char *slash = part; good && !id->root && (slash = strchr(slash + 1, '/'));) {
		*slash = '\0';
		good = stat(part, &st) != 0 || allowed(id, &st, 01);
		*slash = '/';
	}
	free(part);
	return good;
}

static bool below(const char *path, const char *folder)
{
	const size_t n = strlen(folder);
	return strncmp(path, folder, n) == 0 && (path[n] == '/' || !path[n]);
}

bool unit_may_write(const struct unit *u, const char *path)
{
	char *list = copy_string(u->writable), *rest, *word;
	bool good = !u->strict && !(u->system_read_only && below(path, "/etc"));
	for (word = strtok_r(list, " \t", &rest); word && !good;
	     word = strtok_r(NULL, " \t", &rest))
		good = below(path, word);
	free(list);
	return good;
}

static bool is_home(const char *path)
{
	return below(path, "/root") || below(path, "/home") || below(path, "/run/user");
}

static bool is_tmp(const char *path)
{
	return below(path, "/tmp") || below(path, "/var/tmp");
}

static void warn_one(const char *path, const struct unit *u, const struct identity *id)
{
	if (is_home(path) && (!u || u->protect_home))
		complain("warning: %s: %s; put it into /etc/tlsmend", path,
			 u ? "the unit has ProtectHome and does not see it"
			   : "a unit with ProtectHome does not see it");
	else if (is_tmp(path) && (!u || u->private_tmp))
		complain("warning: %s: %s; put it into /etc/tlsmend", path,
			 u ? "the unit has PrivateTmp and does not see it"
			   : "a unit with PrivateTmp does not see it");
	else if (u && id->known && !readable(id, path))
		complain(
		    "warning: %s: the unit's user%s%s cannot read it; chmod a+r, and a+x for its "
		    "folders",
		    path, *u->user ? " " : "", u->user);
}

void unit_warn(const struct named_paths *paths, const struct unit *u)
{
	struct identity id = {0};
	if (u)
		identify(&id, u);
	for (size_t i = 0; i < paths->count; i++)
		if (paths->list[i].kind != PATH_LOG)
			warn_one(paths->list[i].path, u, &id);
	if (!u)
		return;
	if (u->environment_file)
		complain("warning: %s sets EnvironmentFile=%s, which wins where it sets LD_PRELOAD",
			 u->name, u->environment_file);
	if (u->preload && *u->preload)
		complain("note: %s sets LD_PRELOAD=%s itself; it is kept behind the library",
			 u->name, u->preload);
}
