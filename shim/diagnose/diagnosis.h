/* SPDX-License-Identifier: ISC
 *
 * The state of one diagnosis, shared by the files of this room (private to the room "diagnose"). Lives in the evidence's
 * arena.
 */
#ifndef TLSMEND_DIAGNOSE_DIAGNOSIS_H
#define TLSMEND_DIAGNOSE_DIAGNOSIS_H

#include <tlsmend/diagnose.h>

#include "say.h"

enum { DIAGNOSIS_LINES = 40, DIAGNOSIS_CHAIN = 64 };

struct diagnosis {
	struct evidence *e;
	struct record *r;
	struct verify_error first; /* the cause's; code 0: no verification failed */
	enum verify_symbol symbol;
	const struct verify_event
	    *objection; /* OpenSSL found nothing there, the client's callback did; NULL: none */
	bool with_rule; /* the errors are those of a verification with the rule's trust */
	bool too_late;  /* a section would help, if it were known in time which host it is */
	bool nowhere;   /* ... or at all */
	enum cause
	    failure; /* what failed, also where the record is about the client's not minding */
	const struct cert_info *leaf;    /* NULL: not known */
	const struct cert_info *culprit; /* certificate at the error's depth; NULL: not known */
	const char *who;                 /* "legacy.example.com:8443", for sentences */
	const char *section;             /* "legacy.example.com", safe inside [...] */
	const char
	    *ascii_name; /* "xn--mller-kva.example", where müller.example was asked for; NULL */
	const char *help[DIAGNOSIS_LINES], *notes[DIAGNOSIS_LINES], *waived[DIAGNOSIS_LINES];
	struct chain_line chain[DIAGNOSIS_CHAIN];
};

/* ---- lines (diagnosis.c) ---------------------------------------------------------------------------- */
void help_line(struct diagnosis *d, const char *s);
void note_line(struct diagnosis *d, const char *s);
/* A section to paste: "Key = value" lines up to a terminating NULL, after a line that leads to it. Adds nothing and
 * returns false when this version of tlsmend lacks one of the keys (shim/policy/keys.def). */
bool help_section(struct diagnosis *d, const char *lead, ...) __attribute__((sentinel));
/* ... or a setting of the client's own: `advice` stands alone where no section can help. */
void help_setting(struct diagnosis *d, const char *advice, const char *or_here, ...)
    __attribute__((sentinel));
/* When an exception that starts now should end: "2027-03-31". */
const char *until_date(struct diagnosis *d);
/* As above for one weakening line; Reason and Until are added. */
void help_weaken(struct diagnosis *d, const char *line, const char *reason);
bool key_is_known(const char *line);
/* "ExtraCAFile = /etc/tlsmend/corp-root.pem", the file's name made from that of the CA. */
const char *extra_ca_line(struct diagnosis *d, const struct text name);
/* "the server's certificate" or "the CA certificate "X"". */
const char *whose(struct diagnosis *d);
bool name_is_address(const char *host);
/* (name_text.c) The names that a certificate carries, each with its kind where a reader could take it for another: a host name that is
 * one as it is, DNS:"a b", IP:192.0.2.1, CN=x where there is nothing else. No entry can be read as two. */
const char *list_names(struct diagnosis *d, const struct cert_info *c);
/* ... with the kind of each. */
const char *list_names_with_kinds(struct diagnosis *d, const struct cert_info *c);
const char *say_san(struct evidence *e, struct text san, bool kind);
/* The host name in an entry; n == 0: it is of another kind. */
struct text dns_name(struct text san);
const struct cert_info *certificate_at(const struct evidence *e, int depth);

/* ---- families ------------------------------------------------------------------------------------------ */
enum cause anchor_cause(struct diagnosis *d); /* decides from the certificates */
void explain_anchor(struct diagnosis *d);
/* "in no store that this client loaded", for a sentence about a CA that is not trusted. */
const char *in_no_store(const struct diagnosis *d);
/* (anchor_cause.c) The last certificate of the chain; NULL: none is known. */
const struct cert_info *top_of_chain(const struct diagnosis *d);
const struct cert_info *malformed_one(const struct diagnosis *d);
bool is_namesake(const struct diagnosis *d);
bool chain_is_loop(const struct diagnosis *d);
size_t loop_begin(const struct diagnosis *d); /* 0: it is none */
/* (near.c) Which of the other ones of its name is the one that signed it; NULL: none that is known. */
const struct near_miss *known_signer(const struct diagnosis *d);
bool is_out_of_date(const struct evidence *e, const struct cert_info *c); /* (tried.c) */
/* (mender.c) Where a certificate is from, and who mends it there: a help line for one that the server's operator cannot mend, after
 * what was said of the certificate itself. */
const char *store_place(struct diagnosis *d,
			const struct cert_info *c); /* "in the client's own file /x" */
const char *stored_place(struct diagnosis *d, const struct cert_info *c); /* ... its copy there */
/* All that its store has was given by the program itself, out of no file that is known. */
bool adds_certificates(const struct evidence *e);
bool is_from_here(const struct cert_info *c);
/* (mender.c) Who has to have that certificate made anew; `how` goes on: ", with SHA-256". c NULL: it is not known. */
void help_reissue(struct diagnosis *d, const struct cert_info *c, const char *how);
void help_from_here(struct diagnosis *d, const struct cert_info *c);
const struct cert_info *fresh_copy(const struct diagnosis *d, const struct cert_info *c);
/* Why a near miss is not the issuer of `child`; all of them as notes. */
const char *near_refusal(struct diagnosis *d, const struct near_miss *near,
			 const struct cert_info *child);
void note_near_misses(struct diagnosis *d);
/* (issuer.c) issuer-refused; and a certificate that bears its issuer's name */
void explain_refused_issuer(struct diagnosis *d);
void explain_namesake(struct diagnosis *d);
/* (missing.c) The issuer is nowhere: an intermediate was not sent; or nobody knows more. */
void explain_not_sent(struct diagnosis *d);
void explain_unknown_issuer(struct diagnosis *d);
/* (wanted.c) A rule's line for a file that is called after the CA that is wanted. */
const char *wanted_ca_line(struct diagnosis *d, const struct cert_info *c);
void help_wanted_ca(struct diagnosis *d, const struct cert_info *top);
/* Where the issuer, called `what`, can be fetched, if a certificate says so. */
void help_address(struct diagnosis *d, const struct cert_info *top, const char *what);
void note_inspection(struct diagnosis *d); /* (inspection.c) */
/* (demand.c) What only some clients demand: revocation, policies, pins, a strict profile; and what OpenSSL does not explain. */
void explain_demand(struct diagnosis *d);
/* (tried.c) The security level that was tried and is low enough. */
const char *tried_level_line(struct diagnosis *d);
/* (certificates.c) */
bool is_nameless(const struct cert_info *c);
bool same_text(struct text a, struct text b);
bool same_certificate(const struct cert_info *a, const struct cert_info *b);
bool same_ca(const struct cert_info *a, const struct cert_info *b);
/* (tried.c) A section with a CA file after a line that leads to it; where something else fails as well, what. */
void help_ca(struct diagnosis *d, const char *lead, const char *line);
void help_put_in_file(struct diagnosis *d, const struct cert_info *root,
		      const char *put); /* ... with that root in it */
const char *other_fault(struct diagnosis *d);
const char *help_ca_obstacle(
    struct diagnosis *d); /* what one more CA would not mend; NULL: nothing that is known */
/* The first CA of the path that OpenSSL took and that the good one does not have. */
const struct cert_info *wrong_turn(const struct evidence *e);
bool leaf_is_for_another(const struct evidence *e); /* the leaf is not for the host */
void explain_wrong_path(struct diagnosis *d);
void explain_missing_here(struct diagnosis *d);
void explain_no_store(struct diagnosis *d); /* (no_store.c) */
/* (directory.c) The client searches another directory than OpenSSL's own. */
bool directory_was_given(const struct evidence *e);
/* One that has a CA of the wanted name under a name that OpenSSL never looks at; NULL: none. */
const struct ca_directory *directory_holder(const struct diagnosis *d);
void explain_directories(struct diagnosis *d);
/* (ascii_name.c) The host's name in A-labels, where it was asked for in others and the leaf bears it so; NULL. */
const char *ascii_name(struct evidence *e, const struct cert_info *leaf);
/* False: that is not what is wrong. */
bool help_ascii_name(struct diagnosis *d);
/* (mismatch.c) A name that does not match. */
enum cause name_cause(const struct diagnosis *d);
void explain_mismatch(struct diagnosis *d);
/* (role.c) wrong-purpose, not-a-ca, path-length */
void explain_purpose(struct diagnosis *d);
/* A CA's, which no server may use. False: it is none. */
bool help_not_a_server(struct diagnosis *d, const struct cert_info *c);
void explain_not_ca(struct diagnosis *d);
void explain_path_length(struct diagnosis *d);
/* (constraint.c) name-constraint */
void explain_constraint(struct diagnosis *d);
/* (dates.c) expired, not-yet-valid, clock-wrong */
enum cause date_cause(const struct diagnosis *d);
/* The program is shown another time than the machine has, and by the machine's the certificate is in order. */
bool is_good_by_system(const struct evidence *e, const struct cert_info *c);
void explain_dates(struct diagnosis *d);
void explain_verify(struct diagnosis *d); /* refines r->cause, then says it */
void explain_handshake(struct diagnosis *d);
enum cause handshake_cause(const struct evidence *e);
/* (alert.c) Received, or named by the reason; -1: none. */
int handshake_alert(const struct evidence *e);
const char *handshake_alert_words(struct diagnosis *d); /* "the server sent the alert ..." */
bool handshake_cut_off(const struct evidence *e);
bool handshake_answer_too_short(const struct evidence *e); /* ... to be TLS */
bool handshake_only_goodbye(const struct evidence *e);
/* (greeting.c) What an answer without TLS is of; NULL: nothing that is known. */
struct protocol {
	char what[112]; /* "what came back is ..." */
	char help[256];
};
const struct protocol *greeting_protocol(const struct evidence *e);
/* What is usually on a port and begins without TLS; NULL: nothing that is known. */
const struct protocol *greeting_of_port(unsigned port, const char **name);
/* Its first line; or, where it is binary, the text in it, or (*text false) its first bytes in hexadecimal. */
const char *greeting_shown(struct diagnosis *d, bool *text);
void explain_not_tls(struct diagnosis *d); /* (hello.c) */
void explain_closed_early(struct diagnosis *d);
/* (broken.c) A certificate that OpenSSL cannot decode; a key whose algorithm it does not know: all but the headline. */
void explain_undecodable(struct diagnosis *d);
void explain_unknown_key(struct diagnosis *d, const struct cert_info *c, const char *whose_key);
void explain_no_alpn(struct diagnosis *d);
void explain_name_alert(struct diagnosis *d); /* unknown-server-name, sni-not-sent */
/* (offer.c) "TLS 1.2 to TLS 1.3"; NULL: not known. */
const char *handshake_offered(struct diagnosis *d);
void explain_server_old(struct diagnosis *d);
void explain_client_old(struct diagnosis *d);
void explain_no_protocols(struct diagnosis *d);
/* "set in /etc/ssl/openssl.cnf:34"; NULL: not known. */
const char *set_by(struct diagnosis *d, const struct origin *o);
/* "security level 2 (OpenSSL's default)", as far as it is known. */
const char *security_level(struct diagnosis *d);
void expect_level(struct diagnosis *d); /* the level is what was expected */
/* help_weaken() with a line that lowers the level; where a rule raised it, that rule instead. */
void help_level(struct diagnosis *d, const char *line, const char *reason);
/* (choice.c) What the server chose and the client did not offer. False: it is nothing of that. */
bool explain_choice(struct diagnosis *d);
/* (tls_names.c) By IANA's numbers, as OpenSSL calls them; NULL: not known here. */
const char *known_group(unsigned id);
const char *known_scheme(unsigned id);
const char *group_name(struct evidence *e, unsigned id); /* or its number */
/* (no_offer.c) No group or signature algorithm is left for the first message. */
bool offer_is_empty(const struct evidence *e);
bool explain_no_offer(struct diagnosis *d); /* false: it is not that */
/* (ciphers.c) */
void explain_no_ciphers(struct diagnosis *d);
void explain_refused(struct diagnosis *d);
/* (client.c) The client's own certificate. */
void explain_no_certificate(struct diagnosis *d);
bool explain_long_list(struct diagnosis *d); /* false: it is none */
void explain_own_weak(struct diagnosis *d);  /* in a handshake or a file: all but the headline */
bool own_pair_differs(const struct evidence *e); /* OpenSSL dropped a key that does not fit */
void explain_dropped_key(struct diagnosis *d);
const struct cert_info *own_leaf(const struct evidence *e); /* NULL: the client has none */
const char *server_reaction(struct diagnosis *d);           /* "the server sent the alert ..." */
void note_wanted_certificate(struct diagnosis *d);
void note_own_certificate(struct diagnosis *d);
/* Where the server gave no reason: says so, and a headline that fits. */
void note_no_reason(struct diagnosis *d, const char *headline);
void explain_rejected(struct diagnosis *d); /* (rejected.c) */
/* (renewed.c) Files that were renewed after the program had read them; of its own certificate, after `why` is said and before help. */
void explain_renewed(struct diagnosis *d);
void note_renewed_own(struct diagnosis *d);
/* (notes.c) By what is usual now, whatever the level. */
bool certificate_has_weak_key(const struct cert_info *c);
bool certificate_has_weak_digest(const struct cert_info *c);
void explain_unchecked(struct diagnosis *d);
/* (callback.c) What the client's own callback made of it. */
bool objection_may_be_the_name(const struct diagnosis *d);
enum cause objection_cause(struct diagnosis *d);
void explain_objection(struct diagnosis *d);
void explain_late_refusal(struct diagnosis *d);
void note_callback(struct diagnosis *d);
void explain_load(struct diagnosis *d);                           /* (file.c) */
const char *file_role_name(const struct evidence *e);             /* (file_text.c) "CA file" */
const char *file_path_text(struct evidence *e, const char *path); /* escaped; NULL: "" */
void explain_file_missing(struct diagnosis *d);                   /* (access.c) */
void explain_file_unreadable(struct diagnosis *d);
void explain_denied(struct diagnosis *d);         /* ... but for the headline */
void explain_file_form(struct diagnosis *d);      /* (form.c) */
const char *file_form_words(struct diagnosis *d); /* "it is DER (binary), not PEM" */
void help_file_form(struct diagnosis *d);
void explain_rule_event(struct diagnosis *d); /* mended, weakened, a rule past its end */

/* (enforced.c) A rule's demand that was not met, where it is not what OpenSSL says that is to be told. */
bool explain_enforced(struct diagnosis *d);
void note_enforced(struct diagnosis *d);

void draw_chain(struct diagnosis *d);
void add_framework_words(struct diagnosis *d);
bool is_about_roots_list(const struct evidence *e,
			 const struct verify_error *error); /* (framework.c) */
void add_notes(struct diagnosis *d); /* "also wrong" and what else is worth knowing */

#endif
