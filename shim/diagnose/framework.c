/* SPDX-License-Identifier: ISC
 *
 * The failure in the words of the program's own framework, which its users see and search for.
 */

#include "diagnosis.h"

#include <tlsmend/evidence.h>

static bool is_about_the_name(enum verify_symbol s)
{
	return s == VERIFY_HOSTNAME_MISMATCH || s == VERIFY_IP_ADDRESS_MISMATCH;
}

/* The framework compares names by itself, after the chain, and says so beside what is wrong with the chain. */
static bool name_is_wrong(const struct diagnosis *d)
{
	const struct evidence *e = d->e;
	for (size_t i = 0; i < e->error_count; i++) {
		if (is_about_the_name(verify_symbol(e->errors[i].code, e->version)))
			return true;
	}
	return e->name_checked && !e->name_matches;
}

static const char *append(struct diagnosis *d, const char *list, const char *word)
{
	return say(d->e, list, *list != '\0' ? ", " : "", word, (char *)NULL);
}

/* ---- .NET ------------------------------------------------------------------------------------------------- */
/* OpenSSL wants a list for every certificate, .NET for all but the root (X509RevocationFlag.ExcludeRoot). */
bool is_about_roots_list(const struct evidence *e, const struct verify_error *error)
{
	return verify_symbol_cause(verify_symbol(error->code, e->version)) ==
		   CAUSE_CRL_UNAVAILABLE &&
	       error->depth >= 0 && (size_t)error->depth + 1 == e->chain_count &&
	       e->chain[error->depth].self_signed;
}

static const char *dotnet_flags(struct diagnosis *d)
{
	const struct evidence *e = d->e;
	bool seen[DOTNET_STATUS_COUNT] = {false};
	const char *list = "";
	for (size_t i = 0; i < e->error_count; i++) {
		if (!is_about_roots_list(e, &e->errors[i]))
			seen[dotnet_status_of(verify_symbol(e->errors[i].code, e->version))] = true;
	}
	/* of the whole chain, by itself; anyExtendedKeyUsage does not count */
	if (evidence_unsuited(e) >= 0)
		seen[STATUS_NotValidForUsage] = true;
	seen[STATUS_OfflineRevocation] = seen[STATUS_RevocationStatusUnknown];
	for (size_t i = STATUS_None + 1; i < DOTNET_STATUS_COUNT; i++) {
		if (seen[i])
			list = append(d, list, dotnet_status_words[i]);
	}
	return list;
}

static void say_in_dotnet(struct diagnosis *d)
{
	struct evidence *e = d->e;
	const char *flags = dotnet_flags(d);
	const bool chain = *flags != '\0', name = name_is_wrong(d);
	const char *policy = name && chain ? "RemoteCertificateNameMismatch, "
					     "RemoteCertificateChainErrors"
					   : "RemoteCertificateNameMismatch";
	if (!chain && !name)
		return;
	note_line(d, say(e, "in .NET: ", name ? "RemoteCertificateNameMismatch" : "",
			 name && chain ? "; " : "", flags,
			 chain ? " (RemoteCertificateChainErrors)" : "", (char *)NULL));
	if (e->event == EVENT_VERIFY_IGNORED)
		note_line(d, ".NET told a validation callback of the program's own so, and the "
			     "callback accepted it (a program may refuse all the same later, "
			     "unseen from here: MySqlConnector does after its login)");
	else if (e->host)
		note_line(d, say(e,
				 ".NET's exception, where no validation callback of the program's "
				 "own decides: \"The remote certificate is invalid ",
				 name ? "according to the validation procedure: "
				      : "because of errors in the certificate chain: ",
				 name ? policy : flags, "\"", (char *)NULL));
}

/* ---- Qt ---------------------------------------------------------------------------------------------------- */
static void say_in_qt(struct diagnosis *d)
{
	struct evidence *e = d->e;
	bool seen[QT_ERROR_COUNT] = {false};
	const char *list = "";
	for (size_t i = 0; i < e->error_count; i++) {
		const enum verify_symbol s = verify_symbol(e->errors[i].code, e->version);
		seen[is_about_the_name(s) ? QT_HostNameMismatch : qt_error_of(s)] = true;
	}
	if (name_is_wrong(d))
		seen[QT_HostNameMismatch] = true;
	for (size_t i = 0; i < QT_ERROR_COUNT; i++) {
		if (seen[i])
			list = append(d, list,
				      say(e, qt_error_words[i].word, " (\"", qt_error_words[i].text,
					  "\")", (char *)NULL));
	}
	if (*list != '\0')
		note_line(d, say(e, "in Qt: ", list, (char *)NULL));
}

void add_framework_words(struct diagnosis *d)
{
	const enum event event = d->e->event;
	if (event != EVENT_VERIFY_FAILED && event != EVENT_VERIFY_IGNORED)
		return;
	if (d->e->framework == FRAMEWORK_DOTNET)
		say_in_dotnet(d);
	else if (d->e->framework == FRAMEWORK_QT)
		say_in_qt(d);
}
