/* SPDX-License-Identifier: ISC
 *
 * tlsmend view: the padlock. Connects as a client of this machine, draws the certification path, and says what fails and why.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../configuration/cafile.h"
#include "../host_port.h"
#include "sight.h"
#include "wire.h"

enum { DEFAULT_PORT = 443, DEFAULT_SECONDS = 10, MOST_SECONDS = 600 };

void view_request_init(struct view_request *r, const struct command *self)
{
	memset(r, 0, sizeof *r);
	settings_init(&r->settings, self);
	r->probe = (struct probe){
	    .host = "", .name = "", .starttls = "", .certificate = "", .key = "", .proxy = ""};
	r->probe.seconds = DEFAULT_SECONDS;
}

void view_request_free(struct view_request *r)
{
	for (size_t i = 0; i < r->owned_count; i++)
		free(r->owned[i]);
	free(r->owned);
	settings_free(&r->settings);
}

char *view_request_own(struct view_request *r, char *s)
{
	r->owned = checked(realloc(r->owned, (r->owned_count + 1) * sizeof *r->owned));
	r->owned[r->owned_count++] = s;
	return s;
}

/* An error number; 0: it can be read. */
static int readable(const char *path)
{
	struct file_status status = {.mode = 0};
	const int error = file_status(path, &status);
	if (error)
		return error;
	if (S_ISDIR(status.mode))
		return EISDIR;
	return access(path, R_OK) == 0 ? 0 : errno;
}

static bool take_file(struct view_request *r, const char *option, const char *value,
		      const char **to)
{
	char *path = path_absolute(value);
	const int error = path ? readable(path) : errno;
	if (error) {
		usage_error(r->settings.command, "--%s %s: %s", option, value, strerror(error));
		free(path);
		return false;
	}
	*to = view_request_own(r, path);
	return true;
}

static bool take_ca(struct view_request *r, const char *value)
{
	const char *path;
	if (!take_file(r, "ca", value, &path))
		return false;
	char *problem = ca_file_problem(path);
	if (problem) {
		usage_error(r->settings.command, "--ca %s: %s", value, problem);
		free(problem);
		return false;
	}
	r->ca = view_request_own(r, copy_string(path));
	return true;
}

static bool take_name(struct view_request *r, const char *value)
{
	char name[256];
	if (!host_normalise(value, name)) {
		usage_error(r->settings.command, "--servername %s: that is no host name", value);
		return false;
	}
	r->probe.name = view_request_own(r, copy_string(name));
	return true;
}

static bool take_starttls(struct view_request *r, const char *value)
{
	char *names = starttls_names();
	const bool good = starttls_find(value) != NULL;
	if (good)
		r->probe.starttls = view_request_own(r, copy_string(value));
	else
		usage_error(r->settings.command, "--starttls %s: write %s", value, names);
	free(names);
	return good;
}

static bool take_proxy(struct view_request *r, const char *value)
{
	const char *plain = strncmp(value, "http://", 7) == 0 ? value + 7 : value;
	char *text = checked(strndup(plain, strcspn(plain, "/")));
	struct host_port at;
	const bool good = host_port_parse(text, &at);
	if (good)
		r->probe.proxy = view_request_own(r, copy_string(text));
	else
		usage_error(r->settings.command, "--proxy %s: write HOST:PORT", value);
	free(text);
	return good;
}

static bool take_timeout(struct view_request *r, const char *value)
{
	unsigned seconds = 0;
	if (!port_parse(value, &seconds) || seconds > MOST_SECONDS) {
		usage_error(r->settings.command, "--timeout %s: write seconds, from 1 to 600",
			    value);
		return false;
	}
	r->probe.seconds = seconds;
	return true;
}

static bool take_format(struct view_request *r, const char *value)
{
	static const char *const names[] = {"text", "json", "pem"};
	for (unsigned i = 0; i < ARRAY_LENGTH(names); i++)
		if (strcmp(value, names[i]) == 0) {
			r->format = i;
			return true;
		}
	usage_error(r->settings.command, "--format %s: write text, json or pem", value);
	return false;
}

bool view_request_take(void *arg, int id, const char *value)
{
	struct view_request *r = arg;
	switch (id) {
	case VIEW_STARTTLS:
		return take_starttls(r, value);
	case VIEW_SERVERNAME:
		return take_name(r, value);
	case VIEW_CA:
		return take_ca(r, value);
	case VIEW_CERT:
		return take_file(r, "cert", value, &r->probe.certificate);
	case VIEW_KEY:
		return take_file(r, "key", value, &r->probe.key) && (r->key_given = r->probe.key);
	case VIEW_PROXY:
		return take_proxy(r, value);
	case VIEW_TIMEOUT:
		return take_timeout(r, value);
	case VIEW_FORMAT:
		return take_format(r, value);
	default:
		return settings_take(&r->settings, id, value);
	}
}

bool view_request_host(struct view_request *r, const char *text)
{
	const struct starttls *s = *r->probe.starttls ? starttls_find(r->probe.starttls) : NULL;
	struct host_port at;
	if (!host_port_asked(r->settings.command, text, &at))
		return false;
	if (strchr(at.host, '*')) {
		usage_error(r->settings.command, "'%s' is no host name: a pattern cannot be asked",
			    text);
		return false;
	}
	r->probe.host = view_request_own(r, join(at.host, at.zone, NULL));
	r->probe.port = at.port ? at.port : s ? s->port : DEFAULT_PORT;
	r->port_given = at.port != 0;
	return true;
}

static void add_option(struct buf *b, const char *name, const char *value)
{
	if (!*value)
		return;
	char *word = shell_word(value);
	buf_strs(b, "--", name, " ", word, " ", NULL);
	free(word);
}

/* As it was asked for, with absolute paths. */
static char *words_of(const struct view_request *r)
{
	const char *usual = getenv(variable_names[VARIABLE_CONFIG]);
	char *config = settings_config_given(&r->settings);
	struct host_port at = {.port = r->port_given ? r->probe.port : 0};
	struct buf b;
	buf_init(&b, 0);
	if (r->settings.user)
		buf_puts(&b, "--user ");
	else if (config && (!usual || strcmp(config, usual) != 0))
		add_option(&b, "config", config);
	free(config);
	add_option(&b, "starttls", r->probe.starttls);
	add_option(&b, "servername", r->probe.name);
	add_option(&b, "proxy", r->probe.proxy);
	add_option(&b, "cert", r->probe.certificate);
	add_option(&b, "key", r->key_given ? r->key_given : "");
	snprintf(at.host, sizeof at.host, "%s", r->probe.host);
	char *host = host_port_text(&at), *word = shell_word(host);
	buf_puts(&b, word);
	free(word);
	free(host);
	char *words = copy_string(buf_str(&b));
	buf_free(&b);
	return words;
}

void view_request_sight(const struct view_request *r, struct sight *s)
{
	struct host_port at = {.port = r->probe.port};
	memset(s, 0, sizeof *s);
	s->probe = r->probe;
	snprintf(at.host, sizeof at.host, "%s", r->probe.host);
	s->asked = host_port_text(&at);
	s->words = words_of(r);
	/* Behind a proxy, the library does not know the port (shim/hooks/peer.c): such a rule would not hold. */
	s->rule.port = r->port_given && !*r->probe.proxy ? r->probe.port : 0;
	host_normalise(*r->probe.name ? r->probe.name : r->probe.host, s->rule.host);
}

/* ---- output ------------------------------------------------------------------------------------------- */

static void print_pem(const struct sight *s)
{
	for (size_t i = 0; i < s->count; i++)
		if (s->certificate[i].presented)
			printf("# %s\n# issued by %s\n# sha256 %s\n%s", s->certificate[i].subject,
			       s->certificate[i].issuer, s->certificate[i].sha256,
			       s->certificate[i].pem);
}

static void print_json(const struct sight *s)
{
	json_t *o = sight_describe(s);
	json_dumpf(o, stdout, JSON_INDENT(2) | JSON_ENSURE_ASCII);
	putchar('\n');
	json_decref(o);
}

static int answer(struct view_request *r)
{
	struct sight s;
	char *extra[2] = {NULL, NULL};
	int status = STATUS_USAGE;
	view_request_sight(r, &s);
	if (r->ca)
		extra[0] = join("TLSMEND_EXTRA_CA=", s.rule.host, "=", r->ca, NULL);
	if (sight_take(&s, &r->settings, (const char *const *)extra, r->format != VIEW_PEM)) {
		if (r->format == VIEW_PEM)
			print_pem(&s);
		else if (r->format == VIEW_JSON)
			print_json(&s);
		else
			sight_draw(&s);
		if (r->format == VIEW_PEM && s.result == SIGHT_NO_ANSWER)
			complain("view: %s: %s", s.asked, json_text(s.facts, "error"));
		status = s.result == SIGHT_TRUSTED     ? STATUS_OK
			 : s.result == SIGHT_UNTRUSTED ? STATUS_FINDINGS
						       : STATUS_USAGE;
	}
	free(extra[0]);
	sight_free(&s);
	return finish_output(status);
}

int view_main(const struct command *self, int argc, char **argv)
{
	struct view_request r;
	struct arguments a = {.count = argc, .words = argv, .take = view_request_take, .arg = &r};
	view_request_init(&r, self);
	if (options_parse(self, &a)) {
		a.status = self->usage_status;
		if (a.count != 1)
			usage_error(self, "name one host");
		else if (view_request_host(&r, a.words[0]) && view_request_identity(&r))
			a.status = answer(&r);
	}
	view_request_free(&r);
	return a.status;
}
