/* SPDX-License-Identifier: ISC
 *
 * Room "evidence": what was seen, as plain data. <tlsmend/evidence.h> captures it from OpenSSL objects.
 */
#ifndef TLSMEND_SEEN_H
#define TLSMEND_SEEN_H

#include <tlsmend/vocabulary.h>

enum cert_from { FROM_PRESENTED, FROM_STORE, FROM_RULE };
struct cert_info {
	struct text subject, issuer;   /* RFC 4514 string form, most specific part first */
	struct text common_name;       /* last CN of the subject; n == 0: none */
	const char *serial;            /* hex */
	int64_t not_before, not_after; /* seconds UTC; INT64_MIN: does not parse */
	struct text *san;              /* "DNS:a.example", "IP:192.0.2.1", "URI:...", "email:..." */
	size_t san_count, san_in_all;
	const char *key; /* "RSA 2048", "EC P-256", "Ed25519"; NULL: OpenSSL cannot use it */
	/* "2.16.840.1.101.3.4.3.18 (ML-DSA-65)": of a key that OpenSSL cannot use, where the certificate says its algorithm; or NULL */
	const char *unknown_key;
	bool explicit_curve; /* ... which is on a curve that is written out in the certificate */
	unsigned key_bits;
	const char *signature; /* "RSA-SHA256" (OpenSSL's long name where no short one is usual) */
	uint8_t sha256[32], spki_sha256[32];
	bool have_sha256;
	enum cert_from from;
	bool self_issued;          /* subject == issuer */
	bool self_signed;          /* self_issued and the key identifiers agree */
	bool malformed;            /* EXFLAG_INVALID: an extension does not parse or stands twice */
	const char *malformed_why; /* which extension, where it could be found out; else NULL */
	bool ca;                   /* basicConstraints CA:TRUE (or v1 self-signed) */
	bool has_basic_constraints;
	bool marked_ca;  /* basicConstraints CA:TRUE, whatever its keyUsage says to that */
	int path_length; /* -1: none */
	bool has_key_usage, key_usage_cert_sign;
	uint32_t key_usage;     /* KU_*; 0: none, or not known */
	const char *key_usages; /* "nonRepudiation, cRLSign"; never NULL where has_key_usage */
	bool has_netscape_type;
	bool has_name_constraints;
	struct text *permitted, *excluded; /* subtrees: "DNS:corp.example"; at most 16 */
	size_t permitted_count, excluded_count;
	bool has_extended_key_usage, eku_server, eku_client, eku_any;
	const char *extended_key_usages; /* "clientAuth, 1.2.3"; NULL: no such extension */
	const char *policies;            /* of certificatePolicies; NULL: no such extension */
	struct text subject_key_id, authority_key_id; /* raw bytes; n == 0: none */
	const char *authority_serial; /* hex: serial number of the wanted issuer; NULL: none */
	struct text crl_url;          /* first URI where its revocation list is; n == 0: none */
	struct text ca_issuers_url;   /* first caIssuers URI; n == 0: none */
	const char *
	    public_ca; /* what says that a public CA issued it: "policy 2.23.140.1.2.1"; NULL: nothing */
	const char *
	    unknown_critical; /* OID of a critical extension that OpenSSL does not know; NULL: none */
	bool trusted_by_client; /* the same certificate is in the client's store */
	bool
	    for_other_uses; /* ... as a TRUSTED CERTIFICATE: it is marked for some uses, and rejected for none */
	bool in_system_bundle; /* filled only where looked up */
};

/* Is one of its subjectAltNames a dNSName, be it empty? Pure. */
bool has_dns_name(const struct cert_info *c);

/* A certificate out of the peer's list that OpenSSL does not take (sent_list.c). */
struct broken_certificate {
	unsigned number; /* in the list, from 1; 0: there is none */
	const char
	    *part; /* static: "the issuer's name"; NULL: what is wrong with it could not be found */
	const char *what; /* static: "is longer than what contains it" */
	const char
	    *extension;   /* which one, "subjectAltName (2.5.29.17)", where it is one; or NULL */
	size_t at, size;  /* byte, from 0, of so many */
	size_t trailing;  /* bytes after its end: then nothing else is wrong */
	struct text name; /* its subject's common name; n == 0: not known */
};

/* "Would this help?", tried in memory with the copy's own verification. */
enum tried { TRIED_NOT, TRIED_GOOD, TRIED_BAD };

/* One X509_check_issued() refusal: a certificate with the wanted issuer's name (29: with its key, but not its name) that does not fit. Where
 * OpenSSL did not ask, or took one that did not sign, any other one of that name; code 0 then. */
struct near_miss {
	const struct cert_info *candidate;
	int code;       /* X509_V_ERR_* 29..32, 76, 77, 24 */
	enum tried key; /* does its key verify the signature? */
};

/* A limit of a CA that a certificate below it violates (nameConstraints), by OpenSSL's own comparison. */
enum { CLASH_PERMITTED = 47, CLASH_EXCLUDED = 48 };
struct name_clash {
	const struct cert_info *below, *ca;
	int code; /* X509_V_ERR_PERMITTED_VIOLATION, _EXCLUDED_VIOLATION, or why nothing could be compared */
	int kind;   /* of name: GEN_* */
	bool by_cn; /* it is the common name, in place of a DNS name */
	struct text *
	    limits; /* excluded: the one; permitted: those of the kind, at most 16: "DNS:corp.example" */
	size_t limit_count, limits_in_all;
};

/* "ExtraCAFile = /x", "/etc/tlsmend.conf:4 [legacy.example.com]", "would have made this chain valid" */
struct dry_line {
	const char *key, *place, *text;
};

/* What the program is built on, where its users see other words than OpenSSL's. */
enum framework { FRAMEWORK_NONE, FRAMEWORK_DOTNET, FRAMEWORK_QT };

/* What a client wanted of a file, and what is in it. */
enum file_role {
	FILE_CA,
	FILE_CERTIFICATE,
	FILE_KEY,
	FILE_PAIR,
	FILE_CRL,
	FILE_PKCS12,
	FILE_OTHER /* the client opened it for a purpose that only it knows */
};
enum file_form {
	FORM_UNKNOWN,
	FORM_EMPTY,
	FORM_DIRECTORY,
	FORM_SPECIAL,
	FORM_PEM,
	FORM_PEM_CUT,
	FORM_DER,
	FORM_DER_CUT,
	FORM_PKCS12,
	FORM_PKCS7_DER,
	FORM_KEYSTORE,   /* of Java */
	FORM_PEM_INLINE, /* its BEGIN line does not stand alone on a line */
	FORM_PEM_DASHES, /* its BEGIN line has not five dashes on either side */
	FORM_BASE64,     /* the inside of a PEM block */
	FORM_HTML,
	FORM_TEXT,
	FORM_UTF16,
	FORM_BINARY
};

/* Who gave a setting the value that was in force. */
enum setter {
	SETTER_UNKNOWN,
	SETTER_LIBRARY, /* nobody: OpenSSL's own default */
	SETTER_DEFAULTS, /* OpenSSL's default or openssl.cnf: it was there before the client did anything */
	SETTER_CONF, /* openssl.cnf, at `place` */
	SETTER_CLIENT,
	SETTER_RULE, /* a rule of ours, at `place` */
};
struct origin {
	enum setter who;
	const char *place; /* "/etc/ssl/openssl.cnf:34", "TLSMEND_MIN_PROTOCOL"; or NULL */
};

/* The client's own certificate, which a server may ask for, and what that server wants. */
struct own_certificate {
	struct cert_info *chain; /* the one set in the client, then those that go along with it */
	size_t count;            /* 0: the client has none */
	unsigned sent; /* certificates in the Certificate message; 0: none, or not known */
	bool has_key;
	bool too_late;    /* the SSL_CTX has one, but got it after this connection was made */
	const char *file; /* that it was loaded from, as the client gave it; or NULL */
	const struct cert_info *renewed; /* another one, which is in that file by now; or NULL */
	bool names_known;                /* the next four mean something */
	struct text *names;              /* of the CAs that the server accepts; the first ones */
	size_t name_count;
	size_t names_in_all;
	bool issuer_named; /* one of them stands in the chain, or issued one of it */
};

/* What the program gave OpenSSL to work on, where that cannot carry a connection. */
enum own_transport {
	TRANSPORT_GIVEN,
	TRANSPORT_NONE,          /* no BIO */
	TRANSPORT_NO_DESCRIPTOR, /* a negative number */
	TRANSPORT_CLOSED,        /* not open, or not for this */
	TRANSPORT_UNCONNECTED,   /* a socket without a peer */
	TRANSPORT_SHUT           /* the program itself had ended the sending */
};

/* A directory of CA certificates. OpenSSL reads it only when a name is wanted, and only files called after the name's hash. */
struct ca_directory {
	const char *path;
	int error; /* of looking for a file in it; 0: none */
	bool is_file;
	bool unlisted; /* it may be searched, but what is in it cannot be seen */
	bool bounded;  /* there is more in it than was looked at */
	unsigned files,
	    hashed;        /* how many there are, and how many of them are called after a hash */
	bool wanted_there; /* a file with the hash of the wanted name */
	int wanted_error;  /* ... which cannot be read */
	const char
	    *holder; /* file that holds a CA of the wanted name, under another name; or NULL */
};

struct verify_error {
	int code;
	int depth;
};

/* One call of the client's own verify callback that was about a fault, or that it objected at. */
struct verify_event {
	int code; /* what OpenSSL had found; 0: nothing, the objection is the client's own */
	int depth;
	int answer; /* 0: no. OpenSSL takes a negative one for a yes in most places */
	int after; /* the error in the context when the callback returned: X509_V_OK where it took it back */
};

/* What the cipher suites of an offer can do. OpenSSL's own list has all of these. */
enum {
	HELLO_RSA = 1,   /* the key is encrypted to the server's RSA key */
	HELLO_DHE = 2,   /* Diffie-Hellman without curves */
	HELLO_ECDHE = 4, /* with curves */
	HELLO_CBC = 8,   /* AES in the mode that TLS 1.0 and 1.1 have, and nothing newer */
	HELLO_AEAD = 16, /* AES-GCM and the like */
	HELLO_FOR_RSA =
	    32, /* for a server whose certificate has such a key: TLS 1.3 leaves that to the signature algorithms */
	HELLO_FOR_ECDSA = 64,
	HELLO_ALL = 127,
	HELLO_GROUPS = 10,
};

/* A ClientHello that was sent, in numbers (hello.c). */
struct hello {
	uint16_t
	    size; /* of the handshake message, its header of 4 bytes included; 0: none was seen */
	uint16_t min_version,
	    max_version; /* 0x0301..0x0304; the lowest is known (not 0) only where TLS 1.3 is offered */
	uint16_t ciphers, ciphers13; /* cipher suites; those of TLS 1.3 among them */
	uint16_t kinds; /* HELLO_... of the cipher suites up to TLS 1.2; 0: not looked at */
	uint16_t groups, signatures;       /* how many */
	uint16_t first_group;              /* IANA's number; 0: none */
	uint16_t group_list[HELLO_GROUPS]; /* the first ones */
	uint16_t key_share_size;           /* of the extension: large with post-quantum groups */
	bool sni;
	bool
	    shared_key; /* a pre-shared key is offered whose name is text: no ticket of a session */
	bool alpn_cut;  /* there are more names than fit */
	uint8_t alpn_size;
	uint8_t alpn[64]; /* as on the wire: a byte of length before each name */
};
/* What the server chose, by IANA's numbers (choice.c); 0: not seen. */
struct server_choice {
	uint16_t group, scheme;
};
/* Pure. Takes it out of the body of a message of the server: ServerHello (only one that asks for another group), ServerKeyExchange,
 * CertificateVerify. `version`: of TLS, 0x0303. */
void choice_read(struct server_choice *c, unsigned type, const uint8_t *body, size_t n,
		 unsigned version);

/* Pure. False, and *h empty: no ClientHello of TLS over a stream (DTLS has another form), or a malformed one. */
bool hello_read(struct hello *h, const uint8_t *message, size_t size);

enum { EVIDENCE_FIRST_BYTES = 96 };

/* What one verification or handshake showed. Everything lives in `arena`; 0/NULL/-1 mean "not known".
 * No pointer into the host's or OpenSSL's memory is kept. */
struct evidence {
	struct arena arena;

	/* the connection */
	enum event event;
	const char *host; /* design.md#host; NULL in a verification without a connection */
	const char *address;
	unsigned port;
	const char *sni; /* NULL: none sent, or not known (see have_connection) */
	bool have_connection;
	const char *library;   /* "OpenSSL 3.0.19" */
	unsigned long version; /* OPENSSL_VERSION_NUMBER of the copy, 0x30000130 */
	const char *protocol;  /* negotiated; NULL: not yet */
	const char *cipher;
	bool resumed;
	bool datagram; /* DTLS or QUIC: rules about versions and ciphers do not act there */
	bool
	    shown_late; /* which host it is showed only after the first message was sent: nor do they here */
	const char *rule;   /* "/etc/tlsmend.conf:3 [legacy.example.com] ExtraCAFile", or NULL */
	int security_level; /* -1: not known */

	/* events about one key of a rule: mended, weakened, config_error (Until has passed) */
	const char *key;        /* "MinProtocol"; NULL: another event */
	const char *key_value;  /* as written */
	const char *key_effect; /* "expired": Until has passed and the key did not count; NULL */
	const char *key_place;  /* "/etc/tlsmend.conf:7 [legacy.example.com]" */
	const char *reason, *until; /* of its section, or NULL */
	uint64_t use;               /* record_use(); 0: none */
	/* "MinProtocol = TLSv1 of /etc/tlsmend.conf:7 counted until 2026-01-31": a key that this connection went without; or NULL */
	const char *expired;
	/* What keys of a dry run would have done. In a `mended` record: that is all that it is about. */
	const struct dry_line *dry;
	size_t dry_count;

	/* the verification */
	bool have_verification;
	enum framework framework; /* whose verification it is */
	bool enforced;            /* the client's verify mode ends the handshake on failure */
	bool
	    verify_peer; /* the client's mode asks for verification, whatever its callback makes of it */
	int code, depth;       /* as the client sees it; code 0: passed */
	const char *code_text; /* X509_verify_cert_error_string of that copy */
	struct verify_error
	    *errors; /* every error of a collecting run, in order; errors[0] is the cause's */
	size_t error_count;
	bool
	    root_is_clients; /* the chain's root is in no store, and the client brought it along: it may know it all the same */
	struct verify_event *events; /* in the client's callback, in order */
	size_t event_count;
	bool
	    looked, /* it went on, and had asked for the result, or looked at the certificate by itself */
	    said_bye; /* it sent something as short as a protocol's word of leave-taking, and no more */
	bool passed;         /* X509_verify_cert said yes, whatever was found */
	bool refused_passed; /* ... and the client's own verification function around it said no */
	struct cert_info *chain; /* leaf first: as built by OpenSSL, as far as it got */
	size_t chain_count;
	struct cert_info
	    *presented; /* what the peer sent (leaf first); may be empty without a connection */
	size_t presented_count;
	size_t
	    presented_in_all; /* more than presented_count where not all of them were looked at */
	size_t
	    chain_skipped; /* certificates of a very long chain that were left out before its last one */
	struct broken_certificate broken; /* then no verification was made */
	/* The certificate that is rejected for its purpose: would it do for a server, for a client? */
	enum tried good_for_server, good_for_client;
	struct name_clash *clash; /* NULL: none, or not found out */
	/* Those whose key signed come first. */
	struct near_miss *near;
	size_t near_count;
	enum tried
	    own_key; /* the certificate whose issuer is in question is self-issued: did its own key sign it? */
	/* Tried (evidence_try): another path among presented and stored certificates that is valid, leaf first without the root; the top of
	 * the chain as a further anchor; the wanted root out of the system's bundle. */
	struct cert_info *other_path;
	size_t other_path_count;
	enum tried top_tried;
	enum tried
	    stand_in_tried; /* the top is no root: taken for an anchor, in place of the CA above it */
	const struct cert_info *
	    root_alone; /* a root of the client's, with which and what was sent the chain is valid without the rest of the store */
	enum tried level_tried; /* a lower security level; where good: level_enough */
	int level_enough;
	/* ... with TrustedFirst = yes, with Strict = no, with ExpectName = expect_name (NULL: none was found that would do) */
	enum tried trusted_first_tried, strict_tried;
	const char *expect_name;
	const char
	    *system_file; /* bundle that has the wanted root; NULL: not looked for, or not there */
	struct cert_info *system_root;
	struct cert_info
	    *known_intermediate; /* the wanted issuer out of that bundle, where it is no root */
	enum tried system_tried;
	struct verify_error system_objection; /* where tried in vain: OpenSSL's first */
	int anchor_count;                     /* in the client's store; -1: not known */
	bool store_has_lookups; /* it also looks into a directory, so the count says little */
	bool store_untouched;   /* nothing at all was put into it, nor asked for */
	bool store_by_hand;     /* nothing was loaded into it: what it has the program put there */
	const char *store_text; /* files, when known; NULL */
	const char *store_files[4]; /* the first of them, as paths */
	size_t store_file_count;
	/* Which of them some certificates of the store stand in (homes.c); file NULL: in none, as they are now */
	struct home {
		uint8_t sha256[32];
		const char *file;
	} homes[4];
	size_t home_count;
	/* A CA that fits and is in one of these files by now, but was not when the client read it; or NULL */
	const char *renewed_file;
	const struct cert_info *renewed;
	const char *
	    store_searched; /* directories that are searched when a name is wanted, escaped; NULL */
	const char *
	    store_unloaded; /* files that were to be loaded into it and could not be, escaped; NULL */
	struct ca_directory *directories; /* those of store_searched */
	size_t directory_count;
	char wanted_hash[9]; /* of the issuer that is looked for: "5ad8a5d6"; "": not known */
	char former_hash[9]; /* ... as OpenSSL made it before 1.0.0 */
	const char *default_file,
	    *default_dir; /* of this OpenSSL copy, after SSL_CERT_FILE/_DIR; may be NULL */
	bool default_file_exists, default_dir_exists;
	bool default_file_set, default_dir_set; /* by SSL_CERT_FILE, SSL_CERT_DIR */
	bool default_file_asked;                /* the client had OpenSSL load it */
	bool
	    default_file_unusable; /* ... to a file that OpenSSL reads nothing out of: file_path and file_form */
	bool
	    own_pin; /* the client itself compared the leaf's key with one that it knows, and left */
	bool default_file_denied;  /* ... since this process may not read it */
	bool default_file_missing; /* ... since it is not there, while a directory is searched */
	int crl_count;             /* revocation lists in the client's store */
	bool have_crl;             /* the one that OpenSSL was looking at: */
	struct text crl_issuer;
	int64_t crl_last, crl_next; /* INT64_MIN: none, or does not parse */
	int64_t revoked_at;         /* the certificate's entry in it; 0: not known */
	const char *revoked_reason; /* static; NULL: none given */
	int64_t now;                /* the time against which dates were checked, seconds UTC */
	int64_t system_now; /* the kernel's, where OpenSSL is told another; 0: it is the same */
	bool name_asked;    /* the client asked OpenSSL to check a name or address */
	bool names_unread;  /* ... and it has not read the alternative names by itself so far */
	bool
	    name_matches; /* leaf is valid for host, by X509_check_host/_ip; meaningful if name_checked */
	bool name_checked;
	bool host_is_address;
	const char *expected_name;  /* the name that the client asked OpenSSL to check, or host */
	unsigned long verify_flags; /* X509_V_FLAG_* in force */
	bool dane;           /* it goes by TLSA records too, which a trial on a copy has none of */
	unsigned host_flags; /* X509_CHECK_FLAG_* with which OpenSSL compares that name */
	bool
	    rule_refused_name; /* a rule had the CA, but the leaf is not valid for the host: trust not given */
	/* A rule's demand that was not met: "EnforceVerification at /etc/tlsmend.conf:3"; NULL: another failure */
	const char *demand;
	bool demand_went_on;        /* the client itself would have gone on */
	const char *demand_problem; /* why nothing could be verified; or NULL */
	const char *pins;           /* as in the rule, where no key that counts is among them */
	/* The client's store does not count for this host: the rule's place, "/etc/tlsmend.conf:3", and its OnlyCAFile; only_file NULL: the
	 * rule cannot be applied, and closes its host. only_place NULL: no such rule. */
	const char *only_place, *only_file;
	const char *
	    rule_problem; /* e.g. the rule's CA file could not be used, so nothing counts; or NULL */

	/* what the looks cost so far, and which were left out for that (enum look in evidence.h) */
	unsigned spent, unlooked;
	uint64_t look;   /* as in struct record */
	bool repetition; /* of a record with that look: nothing else is known here */

	/* the handshake */
	int ssl_reason;              /* ERR_GET_REASON of the last libssl error; 0: none */
	const char *ssl_reason_text; /* ERR_reason_error_string; or NULL */
	int system_errno;            /* of a failed read or write; 0: none */
	enum own_transport transport;
	int descriptor;                 /* where `transport` is about one */
	bool eof;                       /* the peer closed the connection */
	int alert_sent, alert_received; /* description byte; -1: none */
	int last_sent, last_received;   /* handshake message type (RFC 8446 section 4); -1: none */
	bool certificate_requested, certificate_sent, empty_certificate_sent;
	bool
	    unanswered; /* the peer ended the connection right after the handshake, without a byte */
	struct own_certificate own; /* where the server asked for it, or it could not be loaded */
	uint64_t bytes_received, bytes_sent;
	bool
	    unseen; /* the bytes come by the client's own hands: what came and was not handed over is not known */
	uint64_t kept_back; /* ... but how much did; 0: nothing, or that is not known either */
	bool given_up;      /* the client ended the connection, perhaps because the server had */
	unsigned waited_seconds; /* until then */
	uint8_t first_bytes[EVIDENCE_FIRST_BYTES];
	size_t
	    first_count; /* of what came in first; more than a record header only where it was no TLS */
	int min_offered, max_offered; /* 0x0301..0x0304; 0: not known */
	int client_min, client_max;   /* before a rule changed them; 0: library's default */
	struct origin min_by, max_by; /* of min_offered and max_offered */
	struct origin level_by;       /* of security_level */
	/* The cipher list and the TLS 1.3 suites in force, as they were given; NULL: nobody gave one, or it is not known. Where OpenSSL
	 * refused the string, cipher_call names its function (static), and the connection is none yet. */
	const char *cipher_string, *ciphersuites;
	bool
	    cipher_refused; /* OpenSSL refused cipher_string, and the client went on all the same */
	struct origin ciphers_by;
	bool newer_ciphers; /* the list has one for TLS 1.2, at security level 2 */
	const char *cipher_call;
	const char *const *cipher_unknown; /* parts of it that match nothing */
	size_t cipher_unknown_count;
	int server_version; /* of the ServerHello; 0: none seen */
	struct hello hello; /* the first one of this handshake */
	struct server_choice choice;
	bool after_handshake; /* an alert that came after a handshake that succeeded */
	bool no_goodbye;      /* the server ended a connection that worked, without close_notify */

	/* a file that could not be loaded (load_failed); its system error is in system_errno, the end of the error queue in
	 * ssl_reason, ssl_reason_text */
	enum file_role file_role;
	const char *file_call; /* OpenSSL's function, static; NULL: not known */
	const char *file_path; /* as the client gave it */
	const char
	    *file_other;      /* file of the certificate, where the key does not fit it; or NULL */
	const char *file_cwd; /* where a relative path starts; or NULL */
	const char *
	    file_denier; /* what could not be found, entered or read: a directory on the way, or the file */
	const char
	    *file_blocks; /* types of its PEM blocks: "CERTIFICATE, PRIVATE KEY"; NULL: none */
	const char *file_groups; /* the process's groups: "33 (www-data), 110 (ssl-cert)" */
	const char *file_label;  /* its AppArmor or SELinux label, where it is confined; or NULL */
	enum file_form file_form;
	int file_library;     /* of the last error in the queue; 0: none */
	bool file_der_wanted; /* the client asked for DER */
	bool file_has_certificate, file_has_key, file_has_encrypted_key;
	bool file_old_encryption; /* by a method that OpenSSL 3.0 moved to its legacy provider */
	bool file_denier_is_directory,
	    file_denier_known; /* known: the next six are of file_denier */
	bool file_in_group;    /* the process is a member of file_group */
	bool file_access_list; /* there is an ACL, beyond the mode */
	uint32_t file_owner, file_group, file_mode;
	const char *file_owner_text, *file_group_text,
	    *file_user;              /* "0 (root)"; user: the process */
	uint32_t file_uid, file_gid; /* the process's effective ones */
	bool file_user_namespace;    /* the process's users are not the host's */
	bool file_root_is_bound;     /* user 0, but without the capability to read everything */
	uint64_t file_size;
	unsigned file_bad_line; /* first line inside a PEM block that is no base64; 0: none */
	bool file_read; /* the client read it by itself, not by a function of OpenSSL for files */
	uint8_t file_attempts;        /* on it, before this one */
	bool file_wrong_passphrase;   /* of a PKCS #12 file: its checksum says so */
	bool file_method_unsupported; /* encrypted in a way that this OpenSSL cannot undo */
	bool have_pair_spki[2];       /* certificate, key */
	uint8_t pair_spki[2][32];
	const char *pair_key[2]; /* "RSA 2048", "EC P-256"; NULL: not known */
};

#endif
