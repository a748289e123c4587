/* SPDX-License-Identifier: ISC
 *
 * tlsmend report: options, files, exit status.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../host_port.h"
#include "report.h"

const char *const report_skip_names[SKIP_KINDS] = {"other", "damaged", "foreign", "too_long"};

struct wanted {
	const struct command *command;
	bool json, audit;
	int64_t since;
	size_t top;
};

static bool take_format(struct wanted *w, const char *value)
{
	w->json = strcmp(value, "json") == 0;
	if (w->json || strcmp(value, "text") == 0)
		return true;
	usage_error(w->command, "--format %s: write text or json", value);
	return false;
}

static bool take(void *arg, int id, const char *value)
{
	struct wanted *w = arg;
	unsigned top = 0;
	switch (id) {
	case REPORT_SINCE:
		if (report_since_parse(value, clock_realtime_ms(), &w->since))
			return true;
		usage_error(
		    w->command,
		    "--since %s: write a day (2026-11-21), a time (2026-11-21T21:00:00Z), or "
		    "how long ago (7d, 24h, 30m)",
		    value);
		return false;
	case REPORT_TOP:
		if (port_parse(value, &top)) {
			w->top = top;
			return true;
		}
		usage_error(w->command, "--top %s: write a number, from 1 to 65535", value);
		return false;
	case REPORT_AUDIT:
		w->audit = true;
		return true;
	default:
		return take_format(w, value);
	}
}

static bool read_all(struct report *r, int count, char **files)
{
	static char standard_input[] = "-";
	char *none[] = {standard_input};
	bool good = true;
	if (!count) {
		files = none;
		count = 1;
		if (isatty(STDIN_FILENO))
			complain("report: reading records from the terminal; Ctrl-D ends them");
	}
	report_limit_parser(true);
	for (int i = 0; i < count && !r->interrupted; i++)
		good = report_read(r, files[i]) && good;
	report_limit_parser(false);
	if (r->interrupted)
		complain("report: interrupted; this is what was read until then");
	return good;
}

int report_main(const struct command *self, int argc, char **argv)
{
	struct wanted w = {.command = self, .since = INT64_MIN};
	struct report r;
	struct arguments a = {.count = argc, .words = argv, .take = take, .arg = &w};
	if (!options_parse(self, &a))
		return a.status;
	if (w.audit && w.json)
		return usage_error(self, "--audit has a text form only");
	report_init(&r);
	r.since = w.since;
	r.top = w.top;
	a.status = read_all(&r, a.count, a.words) ? STATUS_OK : STATUS_USAGE;
	if (a.status == STATUS_OK && !r.records) {
		complain("report: no record there; tlsmend writes them with "
			 "TLSMEND_LOG_FORMAT=json");
		a.status = STATUS_FINDINGS;
	}
	report_sort(&r);
	if (w.audit) {
		const int audited = report_audit(&r, getenv("TLSMEND_CONFIG"));
		a.status = audited > a.status ? audited : a.status;
	} else if (w.json) {
		report_json(&r);
	} else {
		report_text(&r);
	}
	report_free(&r);
	return finish_output(a.status);
}
