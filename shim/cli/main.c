/* SPDX-License-Identifier: ISC
 *
 * tlsmend: the table of commands and what is not a command.
 */
#include <string.h>

#include "cli.h"
#include "run/env.h"
#include "report/report.h"
#include "run/unit.h"
#include "trust/trust.h"
#include "view/sight.h"

/* " (5f90409)" where this was built in a checkout; see the Makefile. */
#ifndef TLSMEND_REVISION
#define TLSMEND_REVISION ""
#endif

/* clang-format off */
static const struct option run_options[] = {SETTINGS_RULES, SETTINGS_LOG, {NULL, NULL, 0, NULL}};
static const struct option rule_options[] = {SETTINGS_RULES, {NULL, NULL, 0, NULL}};
static const struct option env_options[] = {
	{"shell", NULL, FORM_SHELL, "export lines for a POSIX shell (default)"},
	{"systemd", NULL, FORM_SYSTEMD, "lines for a unit, as for systemctl edit"},
	{"docker", NULL, FORM_DOCKER, "words for docker run $(tlsmend env --docker) IMAGE"},
	{"compose", NULL, FORM_COMPOSE, "a service for docker compose"},
	{"kubernetes", NULL, FORM_KUBERNETES, "parts of a pod's specification"},
	{"dockerfile", NULL, FORM_DOCKERFILE, "lines for a Dockerfile"},
	SETTINGS_RULES, SETTINGS_LOG, {NULL, NULL, 0, NULL}};
static const struct option view_options[] = {
	VIEW_CONNECTION, {"format", "FORMAT", VIEW_FORMAT, "text, json or pem"}, SETTINGS_RULES,
	{NULL, NULL, 0, NULL}};
static const struct option trust_options[] = {
	{"sha256", "HEX", TRUST_SHA256, "the fingerprint, from another source; asked for where it is not given"},
	{"fetch", NULL, TRUST_FETCH, "get a missing CA from where the certificate says (http)"},
	{"from", "LOG", TRUST_FROM, "the hosts of a log in JSON; -: standard input"},
	{"dry-run", NULL, TRUST_DRY_RUN, "show what would be written, and write nothing"},
	VIEW_CONNECTION, SETTINGS_RULES, {NULL, NULL, 0, NULL}};
static const struct option untrust_options[] = {
	{"config", "FILE", VARIABLE_CONFIG, "configuration instead of " TLSMEND_CONFIG_DEFAULT},
	{"user", NULL, SETTINGS_USER, "in your own rules"}, {NULL, NULL, 0, NULL}};
static const struct option service_options[] = {
	{"remove", NULL, SERVICE_REMOVE, "take the drop-in away again"},
	{"dry-run", NULL, SERVICE_DRY_RUN, "show what would be written, and write nothing"},
	SETTINGS_RULES, SETTINGS_LOG, {NULL, NULL, 0, NULL}};
static const struct option report_options[] = {
	{"format", "FORMAT", REPORT_FORMAT, "text or json"},
	{"since", "TIME", REPORT_SINCE, "newer records only: 2026-11-21, 7d, 24h"},
	{"top", "N", REPORT_TOP, "at most N rows of each table"},
	{"audit", NULL, REPORT_AUDIT, "where added trust is used, by which rule, until when"},
	{NULL, NULL, 0, NULL}};
/* clang-format on */

const struct command command_table[] = {
    {"run", "[--] COMMAND [ARG...]", "preload the library into COMMAND and run it",
     "Preloads the library into COMMAND and becomes it. Says so in one line, and runs it all\n"
     "the same, where the library cannot reach COMMAND.\n"
     "\n"
     "Exit status: that of COMMAND; 125 tlsmend itself failed, 126 COMMAND cannot be executed,\n"
     "127 COMMAND was not found.\n",
     run_options, true, STATUS_RUN_FAILED, run_main},
    {"check", "PROGRAM|PID|UNIT...", "can the library reach it, and if not, what works there",
     "Looks at programs, without running them, at running processes and at units (NAME.service):\n"
     "which OpenSSL, how it is reached, and where it is not, which setting of the program works\n"
     "instead.\n"
     "\n"
     "Exit status: 0 all are reachable, 1 some are not, 2 something was not found.\n",
     NULL, false, STATUS_USAGE, check_main},
    {"lint", "[FILE...]", "check the configuration",
     "Checks FILE, or what TLSMEND_CONFIG names (default /etc/tlsmend.conf) and the other\n"
     "variables, and the CA files that they name. Each message has its file and line.\n"
     "\n"
     "Exit status: 0 no error, 1 errors, 2 a file cannot be read.\n",
     NULL, false, STATUS_USAGE, lint_main},
    {"rule", "HOST[:PORT]", "which keys apply to a host, and where they come from",
     "Lists the keys that the configuration sets for a host, each with its value, the pattern "
     "that\n"
     "matched, the line it came from, and whether it applies. Without a port, sections with a\n"
     "port do not match.\n"
     "\n"
     "Exit status: 0 there is a rule, 1 there is none, 2 wrong usage or unreadable file.\n",
     rule_options, false, STATUS_USAGE, rule_main},
    {"env", "", "the settings to paste, instead of the launcher",
     "Prints LD_PRELOAD and the variables of tlsmend, from the environment and the options, "
     "quoted\n"
     "for where they go. In a shell: eval \"$(tlsmend env)\"\n",
     env_options, false, STATUS_USAGE, env_main},
    {"service", "NAME", "preload the library into a systemd unit, by a drop-in",
     "Writes /etc/systemd/system/NAME.service.d/tlsmend.conf with LD_PRELOAD and the variables of\n"
     "tlsmend, from the environment and the options, and shows it. Says what of it the unit would\n"
     "not see: files that its user cannot read or that ProtectHome and PrivateTmp hide, a log "
     "that\n"
     "it may not write; keeps a LD_PRELOAD that the unit sets itself.\n"
     "\n"
     "Exit status: 0, 1 there is no such unit or no drop-in, 2 wrong usage or not written.\n",
     service_options, false, STATUS_USAGE, service_main},
    {"explain", "[CAUSE|CODE|WORD|TEXT]", "what a cause, a code or a client's message means",
     "Prints what a cause, the word in brackets in a record, means, why it should not be waved\n"
     "through, and who can mend it. Without CAUSE, lists all. For what people hold, lists the\n"
     "causes that may be behind it: a code of OpenSSL's verification (20), a reason (333,\n"
     "0A000086), an alert (alert 48, unknown_ca), curl's exit code (curl 60), a word of .NET or\n"
     "Qt (PartialChain), an error of Windows or macOS (0x80090325, -9807), or the message of a\n"
     "client as it is; -: from standard input. A number with several meanings shows all of\n"
     "them.\n"
     "\n"
     "Exit status: 0, or 2 for an unknown word.\n",
     NULL, false, STATUS_USAGE, explain_main},
    {"view", "HOST[:PORT]", "the padlock: what a server shows, whether it is trusted here, and why",
     "Connects to HOST as a client of this machine does, with its default store and under the\n"
     "library and its rules, and shows the certification path, where trust ends and why, what\n"
     "else is wrong, and what the server offers. Changes nothing.\n"
     "\n"
     "Exit status: 0 trusted, 1 not trusted, 2 no answer in TLS, or wrong usage.\n",
     view_options, false, STATUS_USAGE, view_main},
    {"trust", "HOST[:PORT]", "trust a CA for one host, once its fingerprint is confirmed",
     "Connects as view does, says which certificate would become an anchor and for which host,\n"
     "asks for its SHA-256 fingerprint from another source, tries the rule, and writes the CA\n"
     "file and the section: into /etc/tlsmend and /etc/tlsmend.d, with --user into your own\n"
     "folder, with --config (or TLSMEND_CONFIG) into its last file or folder. The rule is for\n"
     "that port where one was given, else for every port of the host. A section for just that is\n"
     "changed, or one for the host that adds trust already.\n"
     "\n"
     "Exit status: 0 trusted now or already, 1 not, 2 no answer, wrong usage, or not written.\n",
     trust_options, false, STATUS_USAGE, trust_main},
    {"untrust", "HOST[:PORT]", "take back what trust wrote",
     "Takes the lines, sections and files away that trust wrote for HOST, on every port of it or\n"
     "on PORT alone, and their CA files.\n"
     "\n"
     "Exit status: 0 taken back, 1 there was nothing of it, 2 wrong usage or not written.\n",
     untrust_options, false, STATUS_USAGE, untrust_main},
    {"report", "[FILE...]", "summary of JSON logs, with the rules that would mend",
     "Reads JSON records, one a line, also as journalctl -o json has them, from FILEs (- or none:\n"
     "standard input) and prints which causes, hosts and programs they tell of, how often, first\n"
     "and last, and the sections that would mend what rules can mend. Lines of other output in\n"
     "between are skipped and counted.\n"
     "\n"
     "Exit status: 0, 1 there was no record, 2 wrong usage or a FILE could not be read.\n",
     report_options, false, STATUS_USAGE, report_main},
    {NULL, NULL, NULL, NULL, NULL, false, 0, NULL},
};

static void main_help(FILE *out)
{
	fputs("usage: tlsmend COMMAND ...\n"
	      "\n"
	      "Says why a TLS connection of an OpenSSL client failed, and mends it for one host, "
	      "with\n"
	      "certificate validation kept.\n"
	      "\n"
	      "Commands:\n",
	      out);
	for (const struct command *c = command_table; c->name; c++)
		fprintf(out, "  %-8s %s\n", c->name, c->summary);
	fputs("\n"
	      "Options:\n"
	      "  --help     show this text\n"
	      "  --version  show the version\n"
	      "\n"
	      "tlsmend COMMAND --help says more. Manuals: tlsmend(1), tlsmend.conf(5).\n",
	      out);
}

static const struct command *find_command(const char *name)
{
	for (const struct command *c = command_table; c->name; c++)
		if (strcmp(c->name, name) == 0)
			return c;
	return NULL;
}

static int unknown_word(const char *word)
{
	const char *names[16] = {"help", "--help", "--version"};
	size_t count = 3;
	for (const struct command *c = command_table; c->name && count + 1 < ARRAY_LENGTH(names);
	     c++)
		names[count++] = c->name;
	const char *near = nearest_name(word, names);
	const char *kind = *word == '-' ? "option" : "command";
	if (near)
		complain("unknown %s '%s'; did you mean '%s'?", kind, word, near);
	else
		complain("unknown %s '%s'", kind, word);
	complain("see 'tlsmend --help'");
	return STATUS_USAGE;
}

int main(int argc, char **argv)
{
	if (argc < 2) {
		complain("name a command");
		main_help(stderr);
		return STATUS_USAGE;
	}
	if (strcmp(argv[1], "--version") == 0) {
		puts("tlsmend " TLSMEND_VERSION TLSMEND_REVISION);
		return finish_output(STATUS_OK);
	}
	if (strcmp(argv[1], "--complete") == 0) /* for the shells' completions */
		return complete_main(argc - 2, argv + 2);
	if (strcmp(argv[1], "--probe") == 0) /* ourselves, see view/launch.c */
		return probe_main(argv + 2);
	bool help = strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0 ||
		    strcmp(argv[1], "help") == 0;
	if (help && (argc < 3 || strcmp(argv[1], "help") != 0)) {
		main_help(stdout);
		return finish_output(STATUS_OK);
	}
	const struct command *c = find_command(argv[help ? 2 : 1]);
	if (!c)
		return unknown_word(argv[help ? 2 : 1]);
	if (help) {
		command_help(c, stdout);
		return finish_output(STATUS_OK);
	}
	return c->main(c, argc - 2, argv + 2);
}
