/* SPDX-License-Identifier: ISC */
#include <stdlib.h>
#include <string.h>

#include "shell.h"
#include "target.h"

enum { MOST_BYTES = 1024 * 1024, MOST_WORDS = 24 };

bool is_shell(const char *interpreter)
{
	static const char *const names[] = {"sh", "bash", "dash", "ash", "ksh", "mksh", "zsh"};
	const char *name = path_base(interpreter);
	for (size_t i = 0; i < ARRAY_LENGTH(names); i++)
		if (strcmp(name, names[i]) == 0)
			return true;
	return false;
}

void shell_free(struct shell_script *s)
{
	free(s->starts);
	free(s->drops);
}

/* ---- what one command does -------------------------------------------------------------------------------------- */

struct word {
	struct buf text;
	bool literal; /* nothing in it is expanded */
};

struct reader {
	struct shell_script *script;
	const char *at, *end;
	unsigned line;
	char *here; /* the word that ends the document that begins with the next line; NULL: none */
	unsigned open;  /* parentheses */
	bool labels;    /* of a case: no commands */
	bool several;   /* programs by exec */
	bool keeps;     /* it knows of an LD_PRELOAD that was there */
	unsigned begin; /* line of the first word */
	struct word word[MOST_WORDS];
	size_t count;
};

static bool is(const struct word *w, const char *text)
{
	return w->literal && strcmp(buf_str(&w->text), text) == 0;
}

static bool is_one_of(const struct word *w, const char *const *list)
{
	while (*list && !is(w, *list))
		list++;
	return *list != NULL;
}

/* Does this command call the launcher, behind sudo or env -i? */
static bool is_launched(const struct reader *r)
{
	size_t i = 0;
	while (i < r->count && strcmp(path_base(buf_str(&r->word[i].text)), "tlsmend") != 0)
		i++;
	return i < r->count;
}

static void drops(struct reader *r, const char *what)
{
	if (!r->script->drops && !is_launched(r)) {
		r->script->drops = copy_string(what);
		r->script->drops_line = r->begin;
	}
}

static bool is_assignment(const struct word *w)
{
	const char *text = buf_str(&w->text);
	const size_t n = strcspn(text, "=");
	return text[n] == '=' && n > 0 && !ascii_is_digit(*text) &&
	       strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_") == n;
}

static void look_at_assignment(struct reader *r, const struct word *w)
{
	if (!r->keeps && strncmp(buf_str(&w->text), "LD_PRELOAD=", 11) == 0)
		drops(r, buf_str(&w->text));
}

static size_t assignments(struct reader *r, size_t i)
{
	for (; i < r->count && is_assignment(&r->word[i]); i++)
		look_at_assignment(r, &r->word[i]);
	return i;
}

/* env(1), behind its name: where its command stands. */
static size_t behind_env(struct reader *r, size_t i)
{
	static const char *const empty[] = {"-", "-i", "--ignore-environment", NULL};
	static const char *const without[] = {"-uLD_PRELOAD", "--unset=LD_PRELOAD", NULL};
	for (; i < r->count && *buf_str(&r->word[i].text) == '-'; i++) {
		const struct word *w = &r->word[i], *next = w + 1;
		if (is_one_of(w, empty))
			drops(r, "env -i");
		else if (is_one_of(w, without) ||
			 (is(w, "-u") && i + 1 < r->count && is(next, "LD_PRELOAD")))
			drops(r, "env -u LD_PRELOAD");
		i += is(w, "-u") || is(w, "-C");
	}
	return assignments(r, i);
}

static void starts(struct reader *r, const struct word *w)
{
	struct shell_script *s = r->script;
	if (!w->literal || r->several || (s->starts && !is(w, s->starts))) {
		r->several = true;
		return;
	}
	free(s->starts);
	s->starts = copy_string(buf_str(&w->text));
	s->starts_line = r->begin;
}

/* The options of exec; where its command stands. */
static size_t behind_exec(struct reader *r, size_t i)
{
	for (; i < r->count && *buf_str(&r->word[i].text) == '-'; i++) {
		if (is(&r->word[i], "-c"))
			drops(r, "exec -c");
		i += is(&r->word[i], "-a");
	}
	return i;
}

static bool is_login(const struct reader *r, size_t i)
{
	static const char *const login[] = {"-", "-l", "--login", NULL};
	for (; i < r->count; i++)
		if (is_one_of(&r->word[i], login))
			return true;
	return false;
}

static void look_at_command(struct reader *r, size_t i)
{
	static const char *const reserved[] = {"if", "then", "else", "elif", "while", "until",
					       "do", "{",    "!",    "time", NULL};
	static const char *const same[] = {"nohup", "setsid", "command", NULL};
	bool in_place = false;
	while (i < r->count && is_one_of(&r->word[i], reserved))
		i++;
	i = assignments(r, i);
	if (i < r->count && is(&r->word[i], "exec")) {
		i = behind_exec(r, i + 1);
		in_place = true;
	}
	while (i < r->count && is_one_of(&r->word[i], same))
		i++;
	while (i < r->count && is(&r->word[i], "env"))
		i = behind_env(r, i + 1);
	if (i >= r->count)
		return;
	const struct word *w = &r->word[i];
	const char *name = path_base(buf_str(&w->text));
	if (w->literal && starter_knob(name))
		drops(r, name);
	else if (strcmp(name, "su") == 0 && is_login(r, i + 1))
		drops(r, "su -");
	else if (is(w, "unset") || is(w, "export"))
		for (size_t k = i + 1; k < r->count; k++) {
			if (is(w, "unset") && !r->keeps && is(&r->word[k], "LD_PRELOAD"))
				drops(r, "unset LD_PRELOAD");
			look_at_assignment(r, &r->word[k]);
		}
	if (in_place && !is_launched(r))
		starts(r, w);
}

/* ---- words ------------------------------------------------------------------------------------------------------- */

static void forget_words(struct reader *r)
{
	while (r->count > 0)
		buf_free(&r->word[--r->count].text);
}

static void end_command(struct reader *r)
{
	if (r->count > 0)
		look_at_command(r, 0);
	r->labels = r->labels || (r->count > 0 && is(&r->word[0], "case"));
	forget_words(r);
}

static void skip_here(struct reader *r)
{
	while (r->at < r->end) {
		const char *eol = memchr(r->at, '\n', (size_t)(r->end - r->at));
		const char *text = r->at + strspn(r->at, "\t");
		const size_t n = (size_t)((eol ? eol : r->end) - text);
		const bool last = n == strlen(r->here) && memcmp(text, r->here, n) == 0;
		r->at = eol ? eol + 1 : r->end;
		r->line++;
		if (last)
			break;
	}
	free(r->here);
	r->here = NULL;
}

static void put(struct reader *r, struct buf *b, size_t n)
{
	for (; n > 0 && r->at < r->end; n--, r->at++) {
		r->line += *r->at == '\n';
		if (b)
			buf_putc(b, *r->at);
	}
}

/* Behind an opening quote, parenthesis or brace, to what closes it, with that. */
static void read_nested(struct reader *r, struct buf *b, char open, char close)
{
	unsigned depth = 1;
	while (r->at < r->end) {
		const char c = *r->at;
		depth += open != close && c == open;
		depth -= c == close;
		if (depth == 0) {
			r->at++;
			return;
		}
		put(r, b, c == '\\' && close != '\'' ? 2 : 1);
	}
}

static bool is_expanded(const struct buf *b)
{
	return strpbrk(buf_str(b), "$`") != NULL;
}

static bool ends_word(char c)
{
	return c && strchr(" \t\r\n;&|()<>", c);
}

/* A list of words that is assigned to a name. */
static bool at_list(const struct reader *r, const struct word *w)
{
	return *r->at == '(' && w->text.len > 0 && buf_str(&w->text)[w->text.len - 1] == '=';
}

static void read_word(struct reader *r, struct word *w)
{
	while (r->at < r->end && (!ends_word(*r->at) || at_list(r, w))) {
		const char c = *r->at;
		if (c == '\\') {
			r->at++;
			put(r, &w->text, 1);
		} else if (c == '\'' || c == '"') {
			struct buf inner;
			buf_init(&inner, 0);
			r->at++;
			read_nested(r, &inner, c, c);
			w->literal = w->literal && (c == '\'' || !is_expanded(&inner));
			buf_puts(&w->text, buf_str(&inner));
			buf_free(&inner);
		} else if (c == '`' || c == '(' || strncmp(r->at, "$(", 2) == 0 ||
			   strncmp(r->at, "${", 2) == 0) {
			const char open = c == '$' ? r->at[1] : c;
			put(r, &w->text, c == '$' ? 2 : 1);
			read_nested(r, &w->text, open, open == '(' ? ')' : open == '{' ? '}' : '`');
			w->literal = false;
		} else {
			w->literal = w->literal && !strchr("$*?[~", c);
			put(r, &w->text, 1);
		}
	}
}

/* "<<WORD", "2>&1", ">file", "> file": no word of the command. */
static void read_redirection(struct reader *r)
{
	const bool here = strncmp(r->at, "<<", 2) == 0 && r->at[2] != '<';
	struct word w = {.literal = true};
	r->at += strspn(r->at, "<>&|-");
	r->at += strspn(r->at, " \t");
	buf_init(&w.text, 0);
	read_word(r, &w);
	if (here && !r->here)
		r->here = copy_string(buf_str(&w.text));
	buf_free(&w.text);
}

static bool at_redirection(const struct reader *r)
{
	const char *at = r->at + strspn(r->at, "0123456789");
	return *at == '<' || *at == '>';
}

static void add_word(struct reader *r)
{
	struct word w = {.literal = true};
	if (r->count == 0)
		r->begin = r->line;
	buf_init(&w.text, 0);
	read_word(r, &w);
	if (r->count < MOST_WORDS)
		r->word[r->count++] = w;
	else
		buf_free(&w.text);
}

/* Separators of commands; `case` has labels up to a ')', and behind each ";;". What stands in front of a '(' is a function's name. */
static void read_separator(struct reader *r)
{
	const char c = *r->at++;
	const bool label = c == ')' && (r->labels || r->open == 0);
	if (label || r->labels || (c == '(' && r->count > 0)) {
		const bool ends = r->count > 0 && is(&r->word[0], "esac");
		forget_words(r);
		r->labels = r->labels && !label && !ends;
	} else {
		end_command(r);
	}
	r->open += c == '(' && !r->labels;
	r->open -= c == ')' && !label;
	if (c == ';' && *r->at == ';') {
		r->at++;
		r->labels = true;
	}
	if (c == '\n') {
		r->line++;
		if (r->here)
			skip_here(r);
	}
}

static void read_all(struct reader *r)
{
	while (r->at < r->end) {
		const char c = *r->at;
		if (c == ' ' || c == '\t' || c == '\r')
			r->at++;
		else if (c == '\\' && r->at[1] == '\n')
			put(r, NULL, 2);
		else if (c == '#')
			r->at += strcspn(r->at, "\n");
		else if (at_redirection(r))
			r->at += strspn(r->at, "0123456789"), read_redirection(r);
		else if (ends_word(c))
			read_separator(r);
		else
			add_word(r);
	}
	end_command(r);
	free(r->here);
}

bool shell_read(const char *path, struct shell_script *s)
{
	struct reader r = {.script = s, .line = 1};
	struct buf text;
	memset(s, 0, sizeof *s);
	buf_init(&text, 0);
	bool good = file_read(path, MOST_BYTES, &text, NULL, NULL, NULL) == 0;
	r.at = buf_str(&text);
	/* what lies behind a NUL is no script (some carry an archive) */
	r.end = r.at + strlen(r.at);
	r.keeps = strstr(r.at, "$LD_PRELOAD") || strstr(r.at, "${LD_PRELOAD");
	if (good)
		read_all(&r);
	if (r.several) {
		free(s->starts);
		s->starts = NULL;
	}
	buf_free(&text);
	return good;
}
