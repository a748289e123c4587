/* SPDX-License-Identifier: ISC
 *
 * The rules in force: read at the first question, looked at again for changes now and then.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/stat.h>

#include <tlsmend/apply.h>
#include <tlsmend/log.h>

#include <bsd/string.h>

struct policy_ref {
	atomic_uint references;
	struct policy *policy;
};

enum { FILES_MAX = 8 };
struct watched {
	char *path;
	struct file_id id;
	int error; /* of the last look; 0: it is there */
};

static struct lock lock; /* guards everything below */
static struct policy_ref *current;
static struct watched files[FILES_MAX];
static unsigned file_count;
static bool started;
static _Atomic uint64_t next_look_ms;
static _Atomic uint32_t reading_pid; /* one thread reads, the others go on with what there is */

void policy_release(struct policy_ref *r)
{
	if (r && atomic_fetch_sub(&r->references, 1) == 1) {
		policy_free(r->policy);
		free(r);
	}
}

const struct policy *policy_of(const struct policy_ref *r)
{
	return r->policy;
}

/* ---- which files --------------------------------------------------------------------------------------- */

static void watch(const char *path, size_t n)
{
	if (n == 0)
		return;
	char *copy = strndup(path, n);
	if (!copy)
		return;
	if (copy[0] != '/') {
		record_config_error(
		    "TLSMEND_CONFIG", 0,
		    "a path is not absolute; write the whole path, beginning with /");
		free(copy);
		return;
	}
	if (file_count == FILES_MAX) {
		record_config_error("TLSMEND_CONFIG", 0,
				    "names more than 8 files; the rest is left out");
		free(copy);
		return;
	}
	files[file_count++].path = copy;
}

static void list_files(void)
{
	const char *list = environment_get()->config;
	if (!list || !*list)
		list = TLSMEND_CONFIG_DEFAULT;
	while (*list) {
		size_t n = strcspn(list, ":");
		watch(list, n);
		list += n + (list[n] == ':');
	}
}

/* ---- reading --------------------------------------------------------------------------------------------- */

static void report(void *arg, const struct config_message *m)
{
	(void)arg;
	if (m->severity == CONFIG_ERROR)
		record_config_error(m->source, m->line, m->text);
}

/* In a privileged process only root may have written the rules. */
static bool trustworthy(uint32_t owner, uint32_t mode)
{
	return !environment_is_secure() || (owner == 0 && !(mode & (S_IWGRP | S_IWOTH)));
}

/* Reads one file into *text. False: the file is no source. */
static bool read_file(struct watched *w, struct buf *text)
{
	uint32_t owner = 0, mode = 0;
	w->error = file_read(w->path, CONFIG_MAX_BYTES + 1, text, &w->id, &owner, &mode);
	if (w->error == 0 && !trustworthy(owner, mode))
		w->error = EPERM;
	bool named = environment_get()->config != NULL;
	if (w->error == 0)
		return true;
	/* so that the same version is not complained about again */
	file_identify(w->path, &w->id);
	if (w->error == EFBIG) {
		record_config_error(w->path, 0,
				    "is larger than 16777216 bytes and is not read; leave in it "
				    "only sections for hosts that need them");
	} else if (w->error != ENOENT || named) {
		struct buf b;
		buf_init(&b, 300);
		buf_strs(&b, "cannot be read (", errno_text(w->error),
			 "); no rule of it counts until it can", NULL);
		record_config_error(w->path, 0, buf_str(&b));
		buf_free(&b);
	}
	return false;
}

static unsigned add_environment(struct config_source *sources, unsigned n)
{
	const struct environment *env = environment_get();
	if (env->extra_ca)
		sources[n++] = (struct config_source){SOURCE_ENV_EXTRA_CA, "TLSMEND_EXTRA_CA",
						      env->extra_ca, strlen(env->extra_ca)};
	if (env->min_protocol)
		sources[n++] = (struct config_source){SOURCE_ENV_PROTOCOL, "TLSMEND_MIN_PROTOCOL",
						      env->min_protocol, strlen(env->min_protocol)};
	return n;
}

/* Reads everything. *bad: some file is there, but what it says is not to be used as a whole. */
static struct policy_ref *read_rules(bool *bad)
{
	struct buf texts[FILES_MAX];
	struct config_source sources[FILES_MAX + 2];
	unsigned n = 0;
	*bad = false;
	for (unsigned i = 0; i < file_count; i++) {
		buf_init(&texts[i], 0);
		if (read_file(&files[i], &texts[i]))
			sources[n++] = (struct config_source){SOURCE_FILE, files[i].path,
							      buf_str(&texts[i]), texts[i].len};
		else if (files[i].error != ENOENT)
			*bad = true;
	}
	n = add_environment(sources, n);
	struct policy_ref *r = calloc(1, sizeof *r);
	bool dropped = false;
	if (r) {
		atomic_store(&r->references, 1);
		r->policy = policy_parse(sources, n, false, report, NULL, &dropped);
	}
	*bad = *bad || dropped;
	for (unsigned i = 0; i < file_count; i++)
		buf_free(&texts[i]);
	if (r && !r->policy) {
		free(r);
		r = NULL;
	}
	return r;
}

static bool any_changed(void)
{
	for (unsigned i = 0; i < file_count; i++) {
		struct file_id id;
		int error = file_identify(files[i].path, &id);
		if ((error == ENOENT) != (files[i].error == ENOENT))
			return true;
		if (error == 0 && !file_id_same(&id, &files[i].id))
			return true;
	}
	return false;
}

/* ---- the question ---------------------------------------------------------------------------------------------- */

static bool begin_reading(void)
{
	uint32_t me = (uint32_t)getpid(), none = 0;
	if (atomic_compare_exchange_strong(&reading_pid, &none, me))
		return true;
	/* a fork left the mark of a thread that is not here */
	return none != me && atomic_compare_exchange_strong(&reading_pid, &none, me);
}

static void replace(struct policy_ref *fresh)
{
	struct policy_ref *old = NULL;
	if (!lock_enter(&lock, NULL)) {
		policy_release(fresh);
		return;
	}
	old = current;
	current = fresh;
	lock_leave(&lock);
	policy_release(old);
}

/* A changed file that does not parse leaves the rules in force as they were (DESIGN 1.4). */
static void look_again(void)
{
	uint64_t now = clock_monotonic_ms();
	if (now < atomic_load(&next_look_ms) || !begin_reading())
		return;
	atomic_store(&next_look_ms, now + RELOAD_INTERVAL_MS);
	if (any_changed()) {
		bool bad;
		struct policy_ref *fresh = read_rules(&bad);
		if (fresh && !bad)
			replace(fresh);
		else
			policy_release(fresh);
	}
	atomic_store(&reading_pid, 0);
}

static void start(void)
{
	bool bad;
	list_files();
	current = read_rules(&bad);
	atomic_store(&next_look_ms, clock_monotonic_ms() + RELOAD_INTERVAL_MS);
	started = true;
}

struct policy_ref *policy_acquire(void)
{
	struct policy_ref *r = NULL;
	bool stale = false;
	KEEP_ERRNO_BEGIN
	if (atomic_load(&next_look_ms))
		look_again();
	if (lock_enter(&lock, &stale)) {
		if (stale && !started)
			file_count = 0;
		if (!started)
			start();
		if (current && !policy_empty(current->policy)) {
			r = current;
			atomic_fetch_add(&r->references, 1);
		}
		lock_leave(&lock);
	}
	KEEP_ERRNO_END
	return r;
}
