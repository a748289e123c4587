/* SPDX-License-Identifier: ISC
 *
 * Records as an administrator sees them, compared byte for byte with tests/unit/golden/. TLSMEND_TEST_UPDATE=1 writes them
 * anew; read the difference aloud before it is committed. Run from the top of the tree.
 */
#include "../../shim/record/forms.h"
#include <tlsmend/diagnose.h>
#include "golden.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

static struct text other_san[] = {{"DNS:legacy.corp", 15}, {"DNS:www.legacy.corp", 19}};
static struct cert_info presented[3], candidate;
static struct near_miss near_misses[1];
static struct text limits[] = {{"DNS:corp.example", 16}, {"DNS:www.legacy.corp", 19}};
static struct name_clash clash;

static struct cert_info *chain;

static void three(struct evidence *e)
{
	chain = three_certificates(e);
}

static struct evidence *three_of(int code, int depth, size_t n)
{
	struct evidence *e = failed_verification(code, depth);

	three(e);
	e->chain_count = e->presented_count = n;
	return e;
}

static struct evidence *untrusted_root(void)
{
	struct evidence *e = three_of(19, 2, 3);

	chain[0].san = other_san;
	chain[0].san_count = 2;
	e->name_checked = true;
	e->store_text = "/etc/ssl/certs/ca-certificates.crt";
	return e;
}

static struct evidence *issuer_unknown(void)
{
	return three_of(20, 1, 2);
}

static struct evidence *intermediate_not_sent(void)
{
	struct evidence *e = three_of(20, 0, 1);

	chain[0].ca_issuers_url = text_of("http://ca.corp.example/issuing-2.crt");
	chain[0].public_ca = "policy 2.23.140.1.2.2";
	return e;
}

static struct evidence *incomplete_chain(void)
{
	struct evidence *e = three_of(20, 0, 1);

	presented[0] = chain[0];
	presented[1] = chain[2];
	e->presented = presented;
	e->presented_count = 2;
	return e;
}

static struct evidence *issuer_refused(void)
{
	struct evidence *e = three_of(20, 1, 2);

	candidate = chain[2];
	candidate.from = FROM_STORE;
	candidate.subject_key_id = (struct text){"\x77\x88\x99", 3};
	candidate.sha256[30] = 9;
	near_misses[0] = (struct near_miss){&candidate, 30, TRIED_NOT};
	e->near = near_misses;
	e->near_count = 1;
	return e;
}

static struct evidence *self_signed(void)
{
	struct evidence *e = three_of(18, 0, 1);

	e->host = e->sni = "printer.corp.example";
	e->port = 443;
	chain[0].subject = chain[0].issuer = text_of("CN=printer,O=Corp");
	chain[0].common_name = text_of("printer");
	chain[0].self_issued = chain[0].self_signed = true;
	chain[0].san_count = 0;
	return e;
}

static struct evidence *no_trust_store(void)
{
	struct evidence *e = three_of(20, 1, 2);

	e->anchor_count = 0;
	e->default_file = "/usr/local/ssl/cert.pem";
	e->default_dir = "/usr/local/ssl/certs";
	return e;
}

static struct evidence *malformed(void)
{
	struct evidence *e = three_of(20, 0, 1);

	chain[0].malformed = true;
	chain[0].malformed_why = "subjectAltName stands twice";
	e->stand_in_tried = TRIED_BAD;
	return e;
}

static struct evidence *expired(void)
{
	struct evidence *e = three_of(10, 0, 3);

	chain[0].not_after = NOW - 40 * DAY;
	chain[1].not_after = NOW - 2 * DAY;
	return e;
}

static struct evidence *name_mismatch(void)
{
	struct evidence *e = three_of(62, 0, 3);

	e->expected_name = "legacy.example.com";
	chain[0].san = other_san;
	chain[0].san_count = 2;
	return e;
}

static struct evidence *weak_key(void)
{
	struct evidence *e = three_of(66, 0, 3);

	chain[0].key = "RSA 1024";
	chain[0].key_bits = 1024;
	e->security_level = 2;
	return e;
}

static struct evidence *wrong_path(void)
{
	static struct cert_info path[2], other;
	struct evidence *e = three_of(20, 1, 2);

	path[0] = chain[0];
	path[1] = chain[1];
	chain[1].issuer = text_of("CN=Gone Root");
	chain[1].sha256[31] = 77;
	other = path[1];
	e->other_path = path;
	e->other_path_count = 2;
	presented[0] = chain[0];
	presented[1] = chain[1];
	presented[2] = other;
	e->presented = presented;
	e->presented_count = 3;
	return e;
}

static struct evidence *root_missing_here(void)
{
	struct evidence *e = three_of(20, 1, 2);

	e->system_root = &chain[2];
	e->system_file = "/etc/ssl/certs/ca-certificates.crt";
	e->system_tried = TRIED_GOOD;
	e->anchor_count = 1;
	return e;
}

static struct evidence *untrusted_and_more(void)
{
	struct evidence *e = three_of(19, 2, 3);

	evidence_add_error(e, 26, 0);
	chain[0].has_extended_key_usage = chain[0].eku_client = true;
	e->top_tried = TRIED_BAD;
	return e;
}

static struct evidence *name_constraint(void)
{
	struct evidence *e = three_of(47, 0, 3);

	chain[1].has_name_constraints = chain[2].has_name_constraints = true;
	chain[0].san = other_san;
	chain[0].san_count = 2;
	clash = (struct name_clash){.below = &chain[0],
				    .ca = &chain[2],
				    .code = CLASH_PERMITTED,
				    .kind = 2,
				    .limits = limits,
				    .limit_count = 2,
				    .limits_in_all = 2};
	e->clash = &clash;
	return e;
}

static struct evidence *circle(void)
{
	struct evidence *e = three_of(20, 2, 3);

	chain[2].issuer = chain[1].subject;
	chain[2].self_issued = chain[2].self_signed = false;
	e->stand_in_tried = TRIED_BAD;
	return e;
}

static struct evidence *refused_rule(void)
{
	struct evidence *e = untrusted_root();

	e->rule = "/etc/tlsmend.conf:3 [legacy.example.com] ExtraCAFile";
	e->rule_refused_name = true;
	return e;
}

static struct evidence *expired_under_rule(void)
{
	struct evidence *e = expired();

	e->code = 20;
	e->rule = "/etc/tlsmend.conf:3 [legacy.example.com] ExtraCAFile";
	return e;
}

static struct evidence *name_under_rule(void)
{
	struct evidence *e = name_mismatch();

	e->code = 20;
	e->rule = "/etc/tlsmend.conf:3 [legacy.example.com] ExtraCAFile";
	e->rule_refused_name = true;
	return e;
}

static struct evidence *without_connection(void)
{
	struct evidence *e = issuer_unknown();

	e->host = e->sni = e->protocol = NULL;
	e->have_connection = false;
	e->port = 0;
	return e;
}

static struct evidence *verification_off(void)
{
	struct evidence *e = untrusted_root();

	e->event = EVENT_VERIFY_IGNORED;
	e->enforced = false;
	return e;
}

static struct evidence *in_dotnet(void)
{
	struct evidence *e = untrusted_root();

	e->framework = FRAMEWORK_DOTNET;
	evidence_add_error(e, 10, 0);
	chain[0].not_after = NOW - DAY;
	return e;
}

static struct evidence *accepted_in_dotnet(void)
{
	struct evidence *e = name_mismatch();

	e->framework = FRAMEWORK_DOTNET;
	e->event = EVENT_VERIFY_IGNORED;
	e->enforced = false;
	e->verify_peer = e->passed = e->name_checked = true;
	e->code = 0;
	e->error_count = 0;
	return e;
}

static struct evidence *revocation_in_dotnet(void)
{
	struct evidence *e = three_of(3, 0, 3);

	e->framework = FRAMEWORK_DOTNET;
	return e;
}

static struct evidence *in_qt(void)
{
	struct evidence *e = intermediate_not_sent();

	e->framework = FRAMEWORK_QT;
	evidence_add_error(e, 27, 0);
	evidence_add_error(e, 21, 0);
	return e;
}

static struct evidence *not_tls(void)
{
	struct evidence *e = failed_handshake(267, -1);

	e->ssl_reason_text = "wrong version number";
	memcpy(e->first_bytes, "HTTP/", 5);
	e->first_count = 5;
	return e;
}

static struct evidence *not_tls_kept_back(void)
{
	struct evidence *e = failed_handshake(-1, -1);

	e->ssl_reason = 0;
	e->given_up = e->unseen = true;
	e->kept_back = 66;
	return e;
}

static struct evidence *client_too_old(void)
{
	struct evidence *e = failed_handshake(1070, 70);

	e->ssl_reason_text = "tlsv1 alert protocol version";
	e->min_offered = e->max_offered = 0x0301;
	return e;
}

static struct evidence *server_too_old(void)
{
	struct evidence *e = failed_handshake(258, -1);

	e->ssl_reason_text = "unsupported protocol";
	e->min_offered = 0x0303;
	e->max_offered = 0x0304;
	e->server_version = 0x0301;
	e->last_received = 2;
	e->alert_sent = 70;
	return e;
}

static struct evidence *server_signs_like_tls10(void)
{
	struct evidence *e = failed_handshake(370, -1);

	e->ssl_reason_text = "wrong signature type";
	e->server_version = 0x0301;
	e->last_received = 12;
	e->alert_sent = 47;
	return e;
}

static struct evidence *server_refuses_all(void)
{
	struct evidence *e = failed_handshake(1070, 70);

	e->ssl_reason_text = "tlsv1 alert protocol version";
	return e;
}

static struct evidence *client_refused_with_80(void)
{
	struct evidence *e = failed_handshake(1080, 80);

	e->ssl_reason_text = "tlsv1 alert internal error";
	e->min_offered = e->max_offered = 0x0301;
	return e;
}

static struct evidence *server_too_old_for_conf(void)
{
	struct evidence *e = server_refuses_all();

	e->min_offered = 0x0303;
	e->min_by = (struct origin){SETTER_CONF, "/etc/ssl/openssl.cnf:34"};
	e->hello.size = 517;
	e->hello.min_version = 0x0303;
	e->hello.max_version = 0x0304;
	return e;
}

static struct evidence *server_too_old_for_rule(void)
{
	struct evidence *e = server_refuses_all();

	e->rule = "/etc/tlsmend.conf:3 [legacy.example.com] MinProtocol";
	e->min_offered = e->hello.min_version = e->hello.max_version = 0x0304;
	e->min_by = (struct origin){SETTER_RULE, "/etc/tlsmend.conf:4"};
	e->hello.size = 517;
	return e;
}

static struct evidence *client_too_old_by_conf(void)
{
	struct evidence *e = client_too_old();

	e->min_offered = 0;
	e->max_offered = 0x0302;
	e->max_by = (struct origin){SETTER_CONF, "/etc/ssl/openssl.cnf:35"};
	return e;
}

static struct evidence *no_protocols(void)
{
	struct evidence *e = failed_handshake(191, -1);

	e->ssl_reason_text = "no protocols available";
	e->last_sent = -1;
	e->min_offered = 0x0304;
	e->max_offered = 0x0303;
	e->min_by = (struct origin){SETTER_CLIENT, NULL};
	e->max_by = (struct origin){SETTER_CONF, "/etc/ssl/openssl.cnf:35"};
	return e;
}

static struct evidence *no_protocols_by_rule(void)
{
	struct evidence *e = no_protocols();

	e->rule = "/etc/tlsmend.conf:3 [legacy.example.com] MaxProtocol";
	e->max_by = (struct origin){SETTER_RULE, "/etc/tlsmend.conf:4"};
	return e;
}

static struct evidence *no_ciphers(void)
{
	static const char *const unknown[] = {"TLS_AES_128_GCM_SHA256", "AES-GCM"};
	struct evidence *e = failed_handshake(185, -1);

	e->ssl_reason_text = "no cipher match";
	e->host = e->sni = NULL;
	e->port = 0;
	e->have_connection = false;
	e->last_sent = -1;
	e->cipher_call = "SSL_CTX_set_cipher_list";
	e->cipher_string = "TLS_AES_128_GCM_SHA256:AES-GCM:!aNULL";
	e->ciphers_by = (struct origin){SETTER_CLIENT, NULL};
	e->cipher_unknown = unknown;
	e->cipher_unknown_count = 2;
	return e;
}

static struct evidence *no_ciphers_at_level(void)
{
	struct evidence *e = failed_handshake(181, -1);

	e->ssl_reason_text = "no ciphers available";
	e->last_sent = -1;
	e->max_offered = 0x0303;
	e->cipher_string = "AES128-SHA:@SECLEVEL=4";
	e->ciphers_by = e->level_by = (struct origin){SETTER_CLIENT, NULL};
	e->security_level = 4;
	return e;
}

static struct evidence *handshake_refused(void)
{
	struct evidence *e = failed_handshake(1040, 40);

	e->ssl_reason_text = "sslv3 alert handshake failure";
	e->sni = NULL;
	e->cipher_string = "AES256-SHA";
	e->ciphers_by = (struct origin){SETTER_CLIENT, NULL};
	e->security_level = 2;
	e->hello = (struct hello){.size = 226,
				  .max_version = 0x0303,
				  .ciphers = 1,
				  .groups = 1,
				  .first_group = 25,
				  .signatures = 20};
	return e;
}

static struct evidence *usual_handshake_refused(void)
{
	struct evidence *e = failed_handshake(1040, 40);

	e->ssl_reason_text = "sslv3 alert handshake failure";
	e->hello = (struct hello){.size = 517,
				  .min_version = 0x0303,
				  .max_version = 0x0304,
				  .ciphers = 30,
				  .ciphers13 = 3,
				  .groups = 10,
				  .group_list = {29, 23, 30, 25, 24, 256, 257, 258, 259, 260},
				  .kinds = HELLO_ALL,
				  .signatures = 20,
				  .sni = true};
	return e;
}

static struct evidence *weak_key_by_conf(void)
{
	struct evidence *e = weak_key();

	chain[0].key = "RSA 2048";
	chain[0].key_bits = 2048;
	e->security_level = 3;
	e->level_by = (struct origin){SETTER_CONF, "/etc/ssl/openssl.cnf:36"};
	return e;
}

static struct evidence *weak_digest_by_rule(void)
{
	struct evidence *e = three_of(68, 1, 3);

	chain[1].signature = "RSA-SHA1";
	e->security_level = 3;
	e->rule = "/etc/tlsmend.conf:3 [legacy.example.com] CipherString";
	e->level_by = (struct origin){SETTER_RULE, "/etc/tlsmend.conf:4"};
	return e;
}

static struct evidence *dh_key_small(void)
{
	struct evidence *e = failed_handshake(394, -1);

	e->ssl_reason_text = "dh key too small";
	e->last_received = 12;
	e->security_level = 2;
	e->level_by = (struct origin){SETTER_LIBRARY, NULL};
	return e;
}

static struct evidence *legacy_signature(void)
{
	struct evidence *e = failed_handshake(370, -1);

	e->ssl_reason_text = "wrong signature type";
	e->server_version = 0x0303;
	e->last_received = 12;
	e->security_level = 2;
	e->level_by = (struct origin){SETTER_DEFAULTS, NULL};
	return e;
}

static struct evidence *closed_early(void)
{
	struct evidence *e = failed_handshake(294, -1);

	e->ssl_reason_text = "unexpected eof while reading";
	e->eof = true;
	e->bytes_sent = 517;
	return e;
}

/* ---- the client's own certificate */
static struct cert_info own[2];
static struct text accepted[] = {{"CN=Corp Client CA,O=Corp", 24}, {"CN=Corp Root CA,O=Corp", 22}};

static struct evidence *asked_for_certificate(int alert)
{
	struct evidence *e = failed_handshake(0, alert);

	e->certificate_requested = e->after_handshake = true;
	e->protocol = "TLSv1.3";
	e->own.names_known = true;
	e->own.names = accepted;
	e->own.name_count = 2;
	e->own.names_in_all = 14;
	return e;
}

static struct evidence *client_certificate(void)
{
	struct evidence *e = asked_for_certificate(116);

	e->ssl_reason = 1116;
	e->ssl_reason_text = "tlsv13 alert certificate required";
	e->empty_certificate_sent = true;
	return e;
}

static struct evidence *client_certificate_end(void)
{
	struct evidence *e = asked_for_certificate(-1);

	e->empty_certificate_sent = e->unanswered = e->eof = true;
	e->own.names_in_all = e->own.name_count = 0;
	return e;
}

static struct evidence *with_own(struct evidence *e)
{
	own[0] = certificate_of("CN=billing,O=Partner", "CN=Partner Issuing CA,O=Partner",
				FROM_PRESENTED);
	own[0].common_name = text_of("billing");
	own[0].has_extended_key_usage = own[0].eku_client = true;
	own[0].sha256[31] = 1;
	e->own.chain = own;
	e->own.count = 1;
	e->own.has_key = true;
	e->own.file = "/etc/billing/client.pem";
	e->certificate_sent = true;
	e->own.sent = 1;
	return e;
}

static struct evidence *client_certificate_unsent(void)
{
	struct evidence *e = with_own(asked_for_certificate(116));

	e->certificate_sent = false;
	e->empty_certificate_sent = true;
	e->own.sent = 0;
	return e;
}

static struct evidence *client_certificate_no_key(void)
{
	struct evidence *e = client_certificate_unsent();

	e->own.has_key = false;
	return e;
}

static struct evidence *dropped_key(void)
{
	struct evidence *e = client_certificate_no_key();

	e->file_path = "/etc/billing/client.key";
	e->file_other = e->own.file;
	e->have_pair_spki[0] = e->have_pair_spki[1] = true;
	e->pair_spki[1][0] = 1;
	return e;
}

static struct evidence *rejected_expired(void)
{
	struct evidence *e = with_own(asked_for_certificate(45));

	own[0].not_after = NOW - 3 * DAY;
	e->own.issuer_named = true;
	return e;
}

static struct evidence *rejected_other_ca(void)
{
	return with_own(asked_for_certificate(48));
}

static struct evidence *rejected_unseen(void)
{
	struct evidence *e = with_own(asked_for_certificate(46));

	e->own.issuer_named = true;
	e->own.sent = 2;
	return e;
}

static struct evidence *rejected_end(void)
{
	struct evidence *e = with_own(asked_for_certificate(-1));

	e->unanswered = e->eof = true;
	e->own.names_in_all = e->own.name_count = 0;
	own[0].eku_client = false;
	own[0].eku_server = true;
	return e;
}

static struct evidence *own_weak(void)
{
	struct evidence *e = with_own(failed_handshake(399, -1));

	e->ssl_reason_text = "ee key too small";
	e->certificate_requested = true;
	e->security_level = 2;
	own[0].key = "RSA 1024";
	own[0].key_bits = 1024;
	return e;
}

static struct evidence *own_weak_file(void)
{
	struct evidence *e = own_weak();

	e->event = EVENT_LOAD_FAILED;
	e->host = e->sni = NULL;
	e->port = 0;
	e->have_connection = e->certificate_requested = false;
	e->file_role = FILE_CERTIFICATE;
	e->file_library = 20;
	e->file_call = "SSL_CTX_use_certificate_chain_file";
	e->file_path = e->own.file;
	e->own.file = NULL;
	return e;
}

static struct evidence *peer_error(void)
{
	struct evidence *e = failed_handshake(1080, 80);

	e->ssl_reason_text = "tlsv1 alert internal error";
	e->min_offered = 0x0303;
	e->max_offered = 0x0304;
	return e;
}

/* OpenSSL finds an expired certificate under an unknown root, and the program's callback says yes to both. */
static struct verify_event waived_events[] = {{20, 1, 1, 0}, {10, 0, 1, 0}};

static struct evidence *error_waived(void)
{
	struct evidence *e = issuer_unknown();

	e->chain[0].not_after = NOW - 3 * DAY;
	evidence_add_error(e, 10, 0);
	e->event = EVENT_VERIFY_IGNORED;
	e->enforced = false;
	e->verify_peer = e->passed = true;
	e->code = 0;
	e->events = waived_events;
	e->event_count = 2;
	return e;
}

static struct verify_event refusal_event = {0, 0, 0, 0};

static struct evidence *client_refused(void)
{
	struct evidence *e = issuer_unknown();

	e->error_count = 0;
	e->code = 1;
	e->depth = 0;
	e->events = &refusal_event;
	e->event_count = 1;
	return e;
}

static struct evidence *weakened(void)
{
	struct evidence *e = failed_handshake(0, -1);

	e->event = EVENT_WEAKENED;
	e->rule = "/etc/tlsmend.conf:7 [legacy.example.com] MinProtocol";
	e->key = "MinProtocol";
	e->key_value = "TLSv1";
	e->key_place = "/etc/tlsmend.conf:8 [legacy.example.com]";
	e->reason = "firmware of 2011";
	return e;
}

static struct evidence *mended(void)
{
	struct evidence *e = failed_handshake(0, -1);

	e->event = EVENT_MENDED;
	e->rule = "/etc/tlsmend.conf:3 [legacy.example.com] ExtraCAFile";
	e->key = "ExtraCAFile";
	e->key_place = "/etc/tlsmend.conf:4 [legacy.example.com]";
	e->key_value = "/etc/tlsmend/corp-root.pem";
	return e;
}

static struct evidence *rule_ended(void)
{
	struct evidence *e = failed_handshake(0, -1);

	e->event = EVENT_CONFIG_ERROR;
	e->key = "MinProtocol";
	e->key_value = "TLSv1";
	e->key_effect = "expired";
	e->key_place = "/etc/tlsmend.conf:8 [legacy.example.com]";
	e->until = "2026-10-31";
	return e;
}

static struct evidence *server_too_old_ended(void)
{
	struct evidence *e = server_too_old();

	e->expired = "MinProtocol = TLSv1 of /etc/tlsmend.conf:8 [legacy.example.com] counted "
		     "until 2026-10-31";
	return e;
}

static const struct dry_line dry_lines[] = {
    {"OnlyCAFile = /etc/tlsmend/corp-root.pem", "/etc/tlsmend.conf:4 [legacy.example.com]",
     "would have stopped this connection: its CA fits, but the certificate is not valid for "
     "legacy.example.com"},
    {"Groups = P-384", "/etc/tlsmend.conf:5 [legacy.example.com]",
     "would have been set; whether the connection works with it was not tried"},
};

static struct evidence *dry_run(void)
{
	struct evidence *e = failed_handshake(0, -1);

	e->event = EVENT_MENDED;
	e->rule = "/etc/tlsmend.conf:4 [legacy.example.com] OnlyCAFile";
	e->key = "OnlyCAFile";
	e->key_value = "/etc/tlsmend/corp-root.pem";
	e->key_place = "/etc/tlsmend.conf:4 [legacy.example.com]";
	e->dry = dry_lines;
	e->dry_count = ARRAY_LENGTH(dry_lines);
	return e;
}

static const struct dry_line dry_trust[] = {
    {"ExtraCAFile = /etc/tlsmend/corp-root.pem", "/etc/tlsmend.conf:4 [legacy.example.com]",
     "would not have helped: its CA fits, but the certificate is not valid for legacy.example.com"},
};

static struct evidence *untrusted_in_a_dry_run(void)
{
	struct evidence *e = untrusted_root();

	e->dry = dry_trust;
	e->dry_count = ARRAY_LENGTH(dry_trust);
	return e;
}

static struct evidence *failed_load(enum file_role role, const char *path)
{
	struct evidence *e = evidence_new(EVENT_LOAD_FAILED);

	e->library = "OpenSSL 3.0.19";
	e->version = 0x30000130;
	e->file_role = role;
	e->file_path = path;
	e->file_call =
	    role == FILE_CA ? "SSL_CTX_load_verify_locations" : "SSL_CTX_use_PrivateKey_file";
	return e;
}

static struct evidence *file_missing(void)
{
	struct evidence *e = failed_load(FILE_CA, "certs/corp-root.pem");

	e->system_errno = ENOENT;
	e->file_denier = "certs";
	e->file_denier_is_directory = true;
	e->file_cwd = "/var/lib/app";
	return e;
}

static struct evidence *file_unreadable(void)
{
	struct evidence *e = failed_load(FILE_KEY, "/etc/ssl/private/app.key");

	e->system_errno = EACCES;
	e->file_denier = "/etc/ssl/private";
	e->file_denier_is_directory = e->file_denier_known = true;
	e->file_mode = 0710;
	e->file_owner_text = "0 (root)";
	e->file_group = 110;
	e->file_group_text = "110 (ssl-cert)";
	e->file_uid = e->file_gid = 33;
	e->file_user = e->file_groups = "33 (www-data)";
	return e;
}

static struct evidence *file_confined(void)
{
	struct evidence *e = file_unreadable();

	e->file_mode = 0755;
	e->file_label = "/usr/sbin/app (enforce)";
	return e;
}

static struct evidence *file_not_pem(void)
{
	struct evidence *e = failed_load(FILE_CA, "/etc/app/corp-root.pem");

	e->file_form = FORM_DER;
	e->file_has_certificate = true;
	e->file_size = 889;
	return e;
}

static struct evidence *key_mismatch(void)
{
	struct evidence *e = failed_load(FILE_KEY, "/etc/app/key.pem");

	e->file_library = 11;
	e->ssl_reason = 116;
	e->ssl_reason_text = "key values mismatch";
	e->file_form = FORM_PEM;
	e->file_has_key = true;
	e->file_other = "/etc/app/cert.pem";
	e->have_pair_spki[0] = e->have_pair_spki[1] = true;
	e->pair_spki[1][0] = 0x5a;
	e->pair_key[0] = e->pair_key[1] = "RSA 2048";
	return e;
}

static struct evidence *bad_passphrase(void)
{
	struct evidence *e = failed_load(FILE_KEY, "/etc/app/key.pem");

	e->file_form = FORM_PEM;
	e->file_has_key = e->file_has_encrypted_key = true;
	return e;
}

static struct evidence *legacy_encryption(void)
{
	struct evidence *e = failed_load(FILE_PKCS12, "/etc/app/client.p12");

	e->file_form = FORM_PKCS12;
	e->file_method_unsupported = true;
	return e;
}

static const struct {
	const char *name;
	struct evidence *(*make)(void);
} cases[] = {
    {"legacy-encryption", legacy_encryption},
    {"file-missing", file_missing},
    {"file-unreadable", file_unreadable},
    {"file-confined", file_confined},
    {"file-not-pem", file_not_pem},
    {"key-mismatch", key_mismatch},
    {"bad-passphrase", bad_passphrase},
    {"untrusted-root", untrusted_root},
    {"issuer-unknown", issuer_unknown},
    {"intermediate-not-sent", intermediate_not_sent},
    {"incomplete-chain", incomplete_chain},
    {"issuer-refused", issuer_refused},
    {"self-signed", self_signed},
    {"no-trust-store", no_trust_store},
    {"malformed-certificate", malformed},
    {"expired", expired},
    {"name-mismatch", name_mismatch},
    {"weak-key", weak_key},
    {"wrong-path", wrong_path},
    {"root-missing-here", root_missing_here},
    {"untrusted-and-more", untrusted_and_more},
    {"name-constraint", name_constraint},
    {"chain-too-long", circle},
    {"refused-rule", refused_rule},
    {"expired-under-rule", expired_under_rule},
    {"name-under-rule", name_under_rule},
    {"without-connection", without_connection},
    {"verification-off", verification_off},
    {"error-waived", error_waived},
    {"client-refused", client_refused},
    {"dotnet", in_dotnet},
    {"dotnet-accepted", accepted_in_dotnet},
    {"dotnet-revocation", revocation_in_dotnet},
    {"qt", in_qt},
    {"not-tls", not_tls},
    {"not-tls-kept-back", not_tls_kept_back},
    {"client-too-old", client_too_old},
    {"server-too-old", server_too_old},
    {"server-too-old-signature", server_signs_like_tls10},
    {"server-too-old-alert", server_refuses_all},
    {"client-too-old-alert", client_refused_with_80},
    {"server-too-old-conf", server_too_old_for_conf},
    {"server-too-old-rule", server_too_old_for_rule},
    {"client-too-old-conf", client_too_old_by_conf},
    {"no-protocols", no_protocols},
    {"no-protocols-rule", no_protocols_by_rule},
    {"no-ciphers", no_ciphers},
    {"no-ciphers-level", no_ciphers_at_level},
    {"handshake-refused", handshake_refused},
    {"handshake-refused-usual", usual_handshake_refused},
    {"weak-key-conf", weak_key_by_conf},
    {"weak-digest-rule", weak_digest_by_rule},
    {"dh-key-small", dh_key_small},
    {"legacy-signature", legacy_signature},
    {"closed-early", closed_early},
    {"client-certificate-missing", client_certificate},
    {"client-certificate-missing-end", client_certificate_end},
    {"client-certificate-unsent", client_certificate_unsent},
    {"client-certificate-no-key", client_certificate_no_key},
    {"key-mismatch-handshake", dropped_key},
    {"client-certificate-rejected", rejected_expired},
    {"client-certificate-other-ca", rejected_other_ca},
    {"client-certificate-unseen", rejected_unseen},
    {"client-certificate-rejected-end", rejected_end},
    {"own-certificate-weak", own_weak},
    {"own-certificate-weak-file", own_weak_file},
    {"peer-error", peer_error},
    {"weakened", weakened},
    {"mended", mended},
    {"rule-ended", rule_ended},
    {"dry-run", dry_run},
    {"untrusted-root-dry-run", untrusted_in_a_dry_run},
    {"server-too-old-ended", server_too_old_ended},
};

static void records_read_as_reviewed(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_LENGTH(cases); i++)
		golden(cases[i].name, cases[i].make());
}

/* The root of a long chain, which is to be compared, is shown with its depth and fingerprint. */
static void long_chain_keeps_its_root(void **state)
{
	static struct cert_info many[20];
	struct evidence *e = failed_verification(19, 119);
	struct record r;
	struct buf b;
	size_t i, lines = 0;

	(void)state;
	for (i = 0; i < ARRAY_LENGTH(many); i++)
		many[i] = ca_of("CN=Between", "CN=Between too", FROM_PRESENTED);
	many[19] = ca_of("CN=The Root", "CN=The Root", FROM_PRESENTED);
	e->chain = many;
	e->chain_count = ARRAY_LENGTH(many);
	e->chain_skipped = 100;
	diagnose(e, &r);
	buf_init(&b, 0);
	text_render(&r, false, &b);
	assert_non_null(strstr(buf_str(&b), "\n         ...\n         119 CN=The Root"));
	assert_non_null(strstr(buf_str(&b), "<- not trusted   sha256 "));
	for (const char *s = buf_str(&b); (s = strstr(s, "until ")) != NULL; s++)
		lines++;
	assert_int_equal(lines, 12);
	buf_free(&b);
	evidence_free(e);
}

static void colour_only_when_asked(void **state)
{
	struct evidence *e = untrusted_root();
	struct record r;
	struct buf b;

	(void)state;
	diagnose(e, &r);
	buf_init(&b, 0);
	text_render(&r, false, &b);
	assert_null(strchr(buf_str(&b), '\033'));
	buf_clear(&b);
	text_render(&r, true, &b);
	assert_non_null(strchr(buf_str(&b), '\033'));
	buf_free(&b);
	evidence_free(e);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(records_read_as_reviewed),
	    cmocka_unit_test(long_chain_keeps_its_root),
	    cmocka_unit_test(colour_only_when_asked),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
