/* SPDX-License-Identifier: ISC
 *
 * A file that could not be loaded: is it there, who denies it, what is in it. Seen with the rights of this process and
 * without side effects: directories are asked for by stat(2), only regular files are opened, for reading. What was read may be a
 * private key: it is wiped, and only its kind and its public half are kept.
 */
#include "certificate.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { READ_LIMIT = 4 << 20, PATH_LIMIT = 512, BLOCK_TYPES = 6 };

static void wipe(struct buf *b)
{
	volatile char *p = b->data; /* so that it is not left out as useless */
	size_t i;

	for (i = 0; p != NULL && i < b->cap; i++)
		p[i] = 0;
	buf_free(b);
}

/* ---- who denies ------------------------------------------------------------------------------------- */

static void note_denier(struct evidence *e, const char *path, bool directory)
{
	struct file_status s;

	e->file_denier = arena_strdup(&e->arena, path);
	e->file_denier_is_directory = directory;
	e->file_denier_known = file_status(path, &s) == 0;
	e->file_owner = s.owner;
	e->file_group = s.group;
	e->file_mode = s.mode & 07777;
}

/* May the directory path[0..n) be entered? A look at its own entry "." tells. 0, or an error number. There is room for two bytes
 * more in `path`. */
static int enter_directory(char *path, size_t n)
{
	const char kept[2] = {path[n + 1], path[n + 2]};
	struct file_status s;
	int error;

	path[n + 1] = '.';
	path[n + 2] = '\0';
	error = file_status(path, &s);
	path[n + 1] = kept[0];
	path[n + 2] = kept[1];
	return error;
}

/* The first directory on the way that is not there or may not be entered. */
static bool blocked_on_the_way(struct evidence *e, char *path)
{
	size_t i;

	for (i = 1; path[i - 1] != '\0' && path[i] != '\0'; i++) {
		const int error =
		    path[i] == '/' && path[i - 1] != '/' ? enter_directory(path, i) : 0;

		if (error == 0)
			continue;
		path[i] = '\0';
		e->system_errno = error;
		note_denier(e, path, true);
		return true;
	}
	return false;
}

/* Follows a link as the kernel would, so that the target's directories are looked at. */
static bool follow(char *path, char *scratch, size_t limit)
{
	const char *slash = strrchr(path, '/');
	const size_t head = slash != NULL ? (size_t)(slash + 1 - path) : 0;

	if (!file_link(path, scratch, limit))
		return false;
	if (scratch[0] == '/') {
		memcpy(path, scratch, strlen(scratch) + 1);
		return true;
	}
	if (head + strlen(scratch) + 1 > limit)
		return false;
	memcpy(path + head, scratch, strlen(scratch) + 1);
	return true;
}

static void find_denier(struct evidence *e)
{
	enum { LINKS = 8 };
	char *path = arena_alloc(&e->arena, PATH_LIMIT),
	     *scratch = arena_alloc(&e->arena, PATH_LIMIT);
	int links;

	e->file_denier = e->file_path;
	if (path == NULL || scratch == NULL || strlen(e->file_path) + 3 > PATH_LIMIT)
		return;
	memcpy(path, e->file_path, strlen(e->file_path) + 1);
	for (links = 0; links < LINKS; links++) {
		if (blocked_on_the_way(e, path))
			return;
		if (!follow(path, scratch, PATH_LIMIT - 3))
			break;
	}
	note_denier(e, path, false);
}

static void note_process(struct evidence *e)
{
	enum { GROUPS = 32 };
	gid_t groups[GROUPS];
	const int n = getgroups(GROUPS, groups);
	struct buf b;
	int i;

	e->file_uid = geteuid();
	e->file_gid = getegid();
	buf_init(&b, 512);
	buf_uint(&b, e->file_gid);
	for (i = 0; i < n; i++) {
		if (groups[i] == e->file_gid)
			continue;
		buf_puts(&b, ", ");
		buf_uint(&b, groups[i]);
	}
	e->file_groups = arena_strdup(&e->arena, buf_str(&b));
	buf_free(&b);
}

/* ---- what is in it ---------------------------------------------------------------------------------- */

/* RFC 7468: capital letters, digits, spaces. Anything else is no label, and may be what nobody should read. */
static size_t label_length(const char *s, const char *end)
{
	enum { LABEL_BYTES = 40 };
	const char *p = s;

	while (p < end && p - s < LABEL_BYTES &&
	       ((*p >= 'A' && *p <= 'Z') || ascii_is_digit(*p) || *p == ' '))
		p++;
	return end - p >= 5 && p > s && memcmp(p, "-----", 5) == 0 ? (size_t)(p - s) : 0;
}

static bool has(const char *s, size_t n, const char *word)
{
	return memmem(s, n, word, strlen(word)) != NULL;
}

static void note_block(struct evidence *e, struct buf *types, const char *label, size_t n,
		       const char *body, size_t body_size)
{
	const bool key = has(label, n, "PRIVATE KEY");

	e->file_has_key = e->file_has_key || key;
	e->file_has_encrypted_key =
	    e->file_has_encrypted_key ||
	    (key && (has(label, n, "ENCRYPTED") || has(body, body_size, "Proc-Type: 4,ENCRYPTED")));
	e->file_has_certificate =
	    e->file_has_certificate || (has(label, n, "CERTIFICATE") && !has(label, n, "REQUEST"));
	if (types->len == 0 || !memmem(types->data, types->len, label, n)) {
		buf_puts(types, types->len > 0 ? ", " : "");
		buf_add(types, label, n);
	}
}

/* False: there is none. */
static bool look_for_blocks(struct evidence *e, const char *s, size_t size)
{
	const char *const end = s + size, *next;
	struct buf types;
	bool any = false, cut = false;
	size_t n;

	buf_init(&types, 160);
	while ((s = memmem(s, (size_t)(end - s), "-----BEGIN ", 11)) != NULL) {
		s += 11;
		n = label_length(s, end);
		if (n == 0)
			continue;
		any = true;
		next = memmem(s, (size_t)(end - s), "-----END ", 9);
		cut = next == NULL ||
		      memmem(s + n + 5, (size_t)(next - s) - n - 5, "-----BEGIN", 10) != NULL;
		note_block(e, &types, s, n, s + n, (size_t)((next != NULL ? next : end) - s) - n);
		s += n;
	}
	e->file_blocks = types.len > 0 ? arena_strdup(&e->arena, buf_str(&types)) : NULL;
	buf_free(&types);
	if (any)
		e->file_form = cut ? FORM_PEM_CUT : FORM_PEM;
	return any;
}

/* The head of a DER SEQUENCE: its first member tells certificate (a SEQUENCE), key (version 0 or 1) and PKCS #12
 * (version 3) apart. */
static bool look_for_der(struct evidence *e, const uint8_t *s, size_t size)
{
	size_t head = 2, length, i;

	if (size < 8 || s[0] != 0x30 || s[1] == 0x80 || s[1] > 0x84)
		return false;
	length = s[1];
	if (s[1] > 0x80) {
		head += s[1] & 0x7f;
		for (length = 0, i = 2; i < head; i++)
			length = length << 8 | s[i];
	}
	if (head + 3 > size)
		return false;
	if (s[head] != 0x30 && (s[head] != 0x02 || s[head + 1] != 1))
		return false;
	e->file_form = length + head > size ? FORM_DER_CUT : FORM_DER;
	e->file_has_certificate = s[head] == 0x30;
	e->file_has_key = s[head] == 0x02;
	if (s[head] == 0x02 && s[head + 2] == 3)
		e->file_form = FORM_PKCS12;
	return true;
}

static bool is_text(const char *s, size_t n)
{
	size_t i;

	for (i = 0; i < n && i < 512; i++) {
		if ((unsigned char)s[i] < 0x20 && !ascii_is_space(s[i]))
			return false;
	}
	return true;
}

static void look_inside(struct evidence *e, const char *s, size_t n)
{
	if (n == 0)
		e->file_form = FORM_EMPTY;
	else if (n >= 2 && (memcmp(s, "\xff\xfe", 2) == 0 || memcmp(s, "\xfe\xff", 2) == 0))
		e->file_form = FORM_UTF16;
	else if (!look_for_blocks(e, s, n) && !look_for_der(e, (const uint8_t *)s, n))
		e->file_form = is_text(s, n) ? FORM_TEXT : FORM_BINARY;
}

static void note_directory(struct evidence *e)
{
	char *cwd = e->file_path[0] != '/' ? arena_alloc(&e->arena, PATH_LIMIT) : NULL;

	if (cwd != NULL && file_link("/proc/self/cwd", cwd, PATH_LIMIT))
		e->file_cwd = cwd;
}

void evidence_file(struct evidence *e)
{
	struct file_status s;
	struct buf b;

	if (e->file_path == NULL)
		return;
	KEEP_ERRNO_BEGIN
	buf_init(&b, 0);
	note_directory(e);
	e->system_errno = file_status(e->file_path, &s);
	e->file_size = s.size;
	if (e->system_errno == 0) {
		e->system_errno = file_read(e->file_path, READ_LIMIT, &b, NULL, NULL, NULL);
		if (e->system_errno == 0)
			look_inside(e, buf_str(&b), b.len);
		else if (S_ISDIR(s.mode))
			e->file_form = FORM_DIRECTORY;
		else if (!S_ISREG(s.mode))
			e->file_form = FORM_SPECIAL;
		if (S_ISDIR(s.mode) || !S_ISREG(s.mode) || e->system_errno == EFBIG)
			e->system_errno = 0;
	}
	wipe(&b);
	if (e->system_errno != 0) {
		find_denier(e);
		note_process(e);
	}
	KEEP_ERRNO_END
}

/* ---- certificate and key ------------------------------------------------------------------------------ */

bool evidence_is_key_mismatch(const struct evidence *e)
{
	/* the last one: a certificate that was loaded after a key of another pair makes OpenSSL drop the key */
	enum { KEY_TYPE_MISMATCH = 115, KEY_VALUES_MISMATCH = 116, NO_PRIVATE_KEY_ASSIGNED = 190 };

	if (e->file_library == ERR_LIB_X509_)
		return e->ssl_reason == KEY_TYPE_MISMATCH || e->ssl_reason == KEY_VALUES_MISMATCH;
	return e->file_role == FILE_PAIR && e->file_library == ERR_LIB_SSL_ &&
	       e->ssl_reason == NO_PRIVATE_KEY_ASSIGNED;
}

static int no_passphrase(char *buf, int size, int writing, void *arg)
{
	(void)buf;
	(void)size;
	(void)writing;
	(void)arg;
	return -1;
}

/* Only to tell the two apart: an encrypted key stays unknown. */
static void key_digest(struct evidence *e, const struct openssl *o, const struct buf *file)
{
	EVP_PKEY *key = NULL;
	unsigned char *der = NULL;
	unsigned int n = 0;
	int length = 0;
	BIO *in = o->BIO_new_mem_buf(buf_str(file), (int)file->len);

	if (in != NULL)
		key = o->PEM_read_bio_PrivateKey(in, NULL, no_passphrase, NULL);
	if (key != NULL)
		length = o->i2d_PUBKEY(key, &der);
	if (length > 0 && der != NULL)
		e->have_pair_spki[1] = o->EVP_Digest(der, (size_t)length, e->pair_spki[1], &n,
						     o->EVP_sha256(), NULL) == 1;
	if (der != NULL)
		o->CRYPTO_free(der, "", 0);
	if (key != NULL)
		o->EVP_PKEY_free(key);
	if (in != NULL)
		o->BIO_free(in);
}

void evidence_pair(struct evidence *e, const struct openssl *o, X509 *certificate)
{
	struct cert_info *info = certificate != NULL ? arena_alloc(&e->arena, sizeof(*info)) : NULL;
	struct buf b;

	if (info != NULL) {
		evidence_certificate(e, o, certificate, FROM_PRESENTED, info);
		e->have_pair_spki[0] = info->have_sha256;
		memcpy(e->pair_spki[0], info->spki_sha256, sizeof(e->pair_spki[0]));
	}
	if (o->PEM_read_bio_PrivateKey == NULL || o->i2d_PUBKEY == NULL || e->file_form != FORM_PEM)
		return;
	buf_init(&b, 0);
	if (file_read(e->file_path, 65536, &b, NULL, NULL, NULL) == 0) {
		QUIET_BEGIN(o)
		key_digest(e, o, &b);
		QUIET_END(o)
	}
	wipe(&b);
}
