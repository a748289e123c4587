/* SPDX-License-Identifier: ISC
 *
 * The client certificate that `view` and `trust` are to show: that it can be shown is seen here, before anybody is connected to. A
 * passphrase is asked for once, on the terminal, and the probe gets the key in memory.
 */
#include <fcntl.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "../passphrase.h"
#include "sight.h"

struct asking {
	const char *path;
	bool asked, no_terminal;
};

static int ask(char *buffer, int size, int writing, void *arg)
{
	struct asking *a = arg;
	/* OpenSSL would read it from standard input where there is none */
	const int fd = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
	(void)writing;
	a->no_terminal = fd < 0;
	if (fd < 0 || a->asked)
		return -1;
	close(fd);
	a->asked = true;
	char *prompt = join("Passphrase of ", a->path, ": ", NULL);
	const int status = EVP_read_pw_string_min(buffer, 0, size, prompt, 0);
	free(prompt);
	return status == 0 ? (int)strlen(buffer) : -1;
}

static bool wrong(const struct view_request *r, const char *option, const char *path,
		  const char *what)
{
	usage_error(r->settings.command, "--%s %s: %s", option, path, what);
	return false;
}

/* What the probe can read, as long as this process has it open. */
static bool hand_over(struct view_request *r, EVP_PKEY *key)
{
	const int fd = memfd_create("tlsmend-key", MFD_CLOEXEC);
	BIO *b = fd >= 0 ? BIO_new_fd(fd, BIO_NOCLOSE) : NULL;
	const bool good = b && PEM_write_bio_PrivateKey(b, key, NULL, NULL, 0, NULL, NULL) == 1;
	char path[64];
	BIO_free(b);
	snprintf(path, sizeof path, "/proc/%d/fd/%d", getpid(), fd);
	if (good)
		r->probe.key = view_request_own(r, copy_string(path));
	else
		complain("no file in memory for the key: %s", strerror(errno));
	return good;
}

static bool take_key(struct view_request *r, const X509 *x)
{
	const char *option = *r->probe.key ? "key" : "cert";
	const char *path = *r->probe.key ? r->probe.key : r->probe.certificate;
	struct asking a = {.path = path};
	BIO *b = BIO_new_file(path, "r");
	EVP_PKEY *key = b ? PEM_read_bio_PrivateKey(b, NULL, ask, &a) : NULL;
	const char *none = strcmp(option, "key") == 0
			       ? "there is no private key in PEM form in it"
			       : "there is no private key in PEM form in it; name its file too, "
				 "with --key FILE";
	BIO_free(b);
	if (!key && a.no_terminal)
		return wrong(r, option, path,
			     "the private key is encrypted, and there is no terminal to ask for "
			     "its passphrase; give one without: openssl pkey -in FILE -out NEW");
	if (!key)
		return wrong(r, option, path,
			     a.asked ? "the passphrase does not open the private key" : none);
	bool good = X509_check_private_key(x, key) == 1
			? !a.asked || hand_over(r, key)
			: wrong(r, option, path, "it is the key of another certificate");
	EVP_PKEY_free(key);
	return good;
}

bool view_request_identity(struct view_request *r)
{
	if (*r->probe.key && !*r->probe.certificate)
		return wrong(r, "key", r->probe.key, "name its certificate too, with --cert FILE");
	if (!*r->probe.certificate)
		return true;
	BIO *b = BIO_new_file(r->probe.certificate, "r");
	X509 *x = b ? PEM_read_bio_X509(b, NULL, no_passphrase, NULL) : NULL;
	const bool good =
	    x ? take_key(r, x)
	      : wrong(r, "cert", r->probe.certificate, "there is no certificate in PEM form in it");
	BIO_free(b);
	X509_free(x);
	return good;
}
