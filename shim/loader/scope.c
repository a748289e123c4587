/* SPDX-License-Identifier: ISC
 *
 * In which order ld.so looks through the objects: the program, the preloaded ones and what they need, breadth first, which is the order of
 * its list; what was loaded later with RTLD_GLOBAL; then, for an object that came by dlopen(3), all that came with it.
 */
#include "internal.h"

#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>

/* ---- what dlopen(3) was asked for -------------------------------------------------------------------------------- */

/* Which objects are in the global scope, and which look into their own first, is in no public structure. The oldest first. */
struct opened {
	struct opened *_Atomic next;
	int mode; /* RTLD_GLOBAL, RTLD_DEEPBIND */
	char file[];
};
static struct opened *_Atomic opened;

void loader_note_open(const char *file, int mode)
{
	mode &= RTLD_GLOBAL | (loader_is_musl() ? 0 : RTLD_DEEPBIND);
	if (!file || !*file || !mode)
		return;
	struct opened *_Atomic *at = &opened;
	for (struct opened *o; (o = atomic_load(at)) != NULL; at = &o->next)
		if (o->mode == mode && strcmp(o->file, file) == 0)
			return;
	const size_t size = strlen(file) + 1;
	struct opened *o = malloc(sizeof *o + size);
	if (!o)
		return;
	atomic_init(&o->next, NULL);
	o->mode = mode;
	memcpy(o->file, file, size);
	for (struct opened *other = NULL; !atomic_compare_exchange_strong(at, &other, o);
	     other = NULL)
		at = &other->next;
}

/* ---- names of objects ---------------------------------------------------------------------------------------------- */

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');
	return slash ? slash + 1 : path;
}

/* By its soname, else by the name of its file; `name` is without the folder. */
static bool has_soname(const struct loaded_object *o, const char *name)
{
	return o->soname && strcmp(o->soname, name) == 0;
}

static bool has_path(const struct loaded_object *o, const char *name)
{
	return strcmp(base_name(o->map->l_name ? o->map->l_name : ""), name) == 0;
}

/* ---- what belongs together --------------------------------------------------------------------------------------------- */

/* A set of objects of a view, in the order in which they were put in. */
struct set {
	const struct loader_view *view;
	size_t count;
	size_t *member; /* room for all */
	bool *has;
};

static bool set_init(struct set *s, const struct loader_view *v)
{
	s->view = v;
	s->count = 0;
	s->member = malloc(v->count * (sizeof *s->member + sizeof *s->has));
	s->has = (bool *)(s->member + v->count);
	if (s->member)
		memset(s->has, 0, v->count * sizeof *s->has);
	return s->member != NULL;
}

static void set_clear(struct set *s)
{
	for (size_t i = 0; i < s->count; i++)
		s->has[s->member[i]] = false;
	s->count = 0;
}

static void set_add(struct set *s, size_t index)
{
	if (s->has[index])
		return;
	s->has[index] = true;
	s->member[s->count++] = index;
}

/* The object that a DT_NEEDED or dlopen(3) means; v->count: none. */
static size_t index_of(const struct loader_view *v, const char *name)
{
	name = base_name(name);
	for (size_t i = 0; i < v->count; i++)
		if (has_soname(&v->at[i], name))
			return i;
	for (size_t i = 1; i < v->count; i++)
		if (has_path(&v->at[i], name))
			return i;
	return v->count;
}

/* The members and all that they need, breadth first. */
static void set_close(struct set *s)
{
	struct symbols t;
	for (size_t at = 0; at < s->count; at++) {
		const size_t member = s->member[at];
		if (!loader_is_alive(s->view, member) ||
		    !loader_symbols(s->view->at[member].map, &t))
			continue;
		for (const ElfW(Dyn) *d = t.dynamic; d->d_tag != DT_NULL; d++) {
			if (d->d_tag != DT_NEEDED)
				continue;
			const size_t i = index_of(s->view, t.strings + d->d_un.d_val);
			if (i < s->view->count)
				set_add(s, i);
		}
	}
}

static bool needs_any(const struct set *s, size_t index)
{
	struct symbols t;
	if (!loader_is_alive(s->view, index) || !loader_symbols(s->view->at[index].map, &t))
		return false;
	for (const ElfW(Dyn) *d = t.dynamic; d->d_tag != DT_NULL; d++)
		for (size_t i = 0; d->d_tag == DT_NEEDED && i < s->count; i++) {
			const char *name = base_name(t.strings + d->d_un.d_val);
			const struct loaded_object *member = &s->view->at[s->member[i]];
			if (has_soname(member, name) || has_path(member, name))
				return true;
		}
	return false;
}

/* The object and those which need it, directly or not: the ones among them that dlopen(3) was called for brought it in. */
static void set_users(struct set *s, size_t index)
{
	size_t before;
	set_add(s, index);
	do {
		before = s->count;
		for (size_t i = s->view->at_start; i < s->view->count; i++)
			if (!s->has[i] && needs_any(s, i))
				set_add(s, i);
	} while (s->count != before);
}

/* ---- looking through them -------------------------------------------------------------------------------------------------- */

static void *look(const struct lookup *q, const struct link_map *l)
{
	struct symbols t;
	return l != loader_own() && loader_symbols(l, &t) ? loader_look_into(q, &t) : NULL;
}

static void *look_in(const struct lookup *q, const struct set *s)
{
	void *p = NULL;
	for (size_t i = 0; !p && i < s->count; i++) {
		const size_t member = s->member[i];
		p = loader_is_alive(s->view, member) ? look(q, s->view->at[member].map) : NULL;
	}
	return p;
}

static void *in_opened(const struct lookup *q, struct set *s)
{
	void *p = NULL;
	for (const struct opened *o = atomic_load(&opened); !p && o; o = atomic_load(&o->next)) {
		const size_t i =
		    o->mode & RTLD_GLOBAL ? index_of(s->view, o->file) : s->view->count;
		if (i == s->view->count)
			continue;
		set_clear(s);
		set_add(s, i);
		set_close(s);
		p = look_in(q, s);
	}
	return p;
}

static bool is_deep(const struct loaded_object *l)
{
	for (const struct opened *o = atomic_load(&opened); o; o = atomic_load(&o->next)) {
		const char *name = base_name(o->file);
		if ((o->mode & RTLD_DEEPBIND) && (has_soname(l, name) || has_path(l, name)))
			return true;
	}
	return false;
}

struct binding {
	struct set users, scope;
	bool deep;
};

static bool binding_init(struct binding *b, const struct loader_view *v,
			 const struct link_map *from)
{
	size_t index = v->at_start;
	if (!set_init(&b->users, v))
		return false;
	if (!set_init(&b->scope, v)) {
		free(b->users.member);
		return false;
	}
	b->deep = false;
	while (index < v->count && v->at[index].map != from)
		index++;
	if (index < v->count)
		set_users(&b->users, index);
	for (size_t i = 0; i < b->users.count; i++)
		b->deep |= is_deep(&v->at[b->users.member[i]]);
	return true;
}

bool loader_is_deep(const struct link_map *l)
{
	struct binding b;
	struct loader_view *v = loader_view();
	bool deep = false;
	if (v && binding_init(&b, v, l)) {
		deep = b.deep;
		free(b.scope.member);
		free(b.users.member);
	}
	free(v);
	return deep;
}

/* The scopes of those which brought the object in, the oldest first. */
static void *in_local(const struct lookup *q, struct binding *b)
{
	void *p = NULL;
	for (size_t i = b->users.view->at_start; !p && i < b->users.view->count; i++) {
		if (!b->users.has[i])
			continue;
		set_clear(&b->scope);
		set_add(&b->scope, i);
		set_close(&b->scope);
		p = look_in(q, &b->scope);
	}
	return p;
}

static void *in_global(const struct lookup *q, struct binding *b, bool next)
{
	void *p = loader_in_program(q, next);
	return p ? p : in_opened(q, &b->scope);
}

void *loader_bind(const struct lookup *q, const struct link_map *from, bool next)
{
	struct binding b;
	/* The usual case: an object that was there at the start looks through those first. */
	void *early = loader_was_there_at_start(from) ? loader_in_program(q, next) : NULL;
	if (early)
		return early;
	struct loader_view *v = loader_view();
	if (!v || !binding_init(&b, v, from)) {
		free(v);
		return loader_in_program(q, next);
	}
	void *p = b.deep ? in_local(q, &b) : NULL;
	if (!p)
		p = in_global(q, &b, next);
	if (!p)
		p = in_local(q, &b);
	free(b.scope.member);
	free(b.users.member);
	free(v);
	return p;
}

void *loader_next(const struct lookup *q)
{
	void *p = loader_in_program(q, true);
	return p || !atomic_load(&opened) ? p : loader_bind(q, NULL, true);
}

void *loader_next_named(const char *name)
{
	const struct lookup q = {.name = loader_name(name)};
	return loader_next(&q);
}

void *loader_definer(const struct lookup *q, const struct link_map *except)
{
	struct loader_view *v = loader_view();
	void *p = NULL;
	for (size_t i = 0; v && !p && i < v->count; i++)
		if (v->at[i].map != except && loader_is_alive(v, i))
			p = look(q, v->at[i].map);
	free(v);
	return p;
}

/* ---- libc ----------------------------------------------------------------------------------------------------------- */

/* Where the functions of libc's stood before glibc 2.34. */
static bool is_part_of_libc(const struct symbols *t)
{
	return t->soname && !loader_is_musl() &&
	       (strcmp(t->soname, "libdl.so.2") == 0 || strcmp(t->soname, "libpthread.so.0") == 0);
}

void *loader_libc_function(const struct symbol_name *n)
{
	const struct link_map *last = loader_last_at_start();
	struct symbols t;
	void *p = loader_libc_own(n);
	bool later = false;
	for (const struct link_map *l = loader_first(); l && !p; l = l->l_next) {
		/* libdl of an old glibc may come later */
		if (later && !loader_settled())
			break;
		if (loader_symbols(l, &t) && is_part_of_libc(&t))
			p = loader_in_libc(&t, n);
		later |= l == last;
	}
	return p;
}
