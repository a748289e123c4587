/* SPDX-License-Identifier: ISC
 *
 * Trap: a dlsym that is taken over must keep every answer of the real one. Proves design.md#dlsym: NULL where the real lookup
 * says NULL, with the same dlerror(3); names that only resemble a hook are left alone; so is dlvsym(3); a library that
 * defines functions of such names and is no OpenSSL (design.md#definers) gives its own.
 *
 * dlsym_meaning FAKE_LIBRARY
 */
#include <dlfcn.h>
#include <stdio.h>
#include <string.h>

static const char *const hooks[] = {"SSL_CTX_new",          "SSL_CTX_new_ex",
				    "SSL_connect",          "SSL_do_handshake",
				    "X509_verify_cert",     "SSL_CTX_set_info_callback",
				    "SSL_get_verify_result"};
static const char *const near_hooks[] = {"SSL_CTX_ne",
					 "SSL_CTX_new_",
					 "SSL_CTX_newX",
					 "xSSL_CTX_new",
					 "SSL_connect2",
					 "ssl_connect",
					 "X509_verify_cert ",
					 "SSL_",
					 "",
					 "dlsy",
					 "tlsmend",
					 "environment_get"};
#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* dlerror() says it once, then NULL. The object before the colon depends on who asked and is left out. */
static void print_error(void)
{
	const char *text = dlerror();
	const char *shown = text ? strstr(text, "undefined symbol") : "no error";

	printf(" [%s]", shown ? shown : text);
	printf("%s", dlerror() ? " (said twice)" : "");
}

static const char *object_of(void *p)
{
	Dl_info info;

	if (!p)
		return "NULL";
	if (dladdr(p, &info) == 0)
		return "nowhere";
	return strrchr(info.dli_fname, '/') ? strrchr(info.dli_fname, '/') + 1 : info.dli_fname;
}

static void look(const char *what, void *handle, const char *name)
{
	void *p = dlsym(handle, name);

	printf("%s %s: %s", what, name, p ? "found" : "NULL");
	print_error();
	printf("\n");
}

static void fake_library(const char *path)
{
	void *fake = dlopen(path, RTLD_NOW | RTLD_LOCAL);
	void *(*own)(const char *) = ((union {
					     void *object;
					     void *(*function)(const char *);
				     }){dlsym(fake, "fake_own")})
					 .function;

	for (size_t i = 0; i < COUNT(hooks); i++) {
		void *p = dlsym(fake, hooks[i]);
		void *wanted = own(hooks[i]);

		printf("fake %s: %s\n", hooks[i],
		       !p            ? "NULL"
		       : p == wanted ? "the library's own"
				     : "somebody else's");
	}
	printf("called: %ld\n", ((union {
					void *object;
					long (*function)(long);
				}){dlsym(fake, "SSL_connect")})
				    .function(40));
	dlclose(fake);
}

int main(int argc, char **argv)
{
	void *self = dlopen(NULL, RTLD_NOW), *ssl;

	if (argc != 2)
		return 95;
	for (size_t i = 0; i < COUNT(hooks); i++) {
		look("default", RTLD_DEFAULT, hooks[i]);
		look("self", self, hooks[i]);
		look("next", RTLD_NEXT, hooks[i]);
	}
	for (size_t i = 0; i < COUNT(near_hooks); i++)
		look("default", RTLD_DEFAULT, near_hooks[i]);
	fake_library(argv[1]);

	ssl = dlopen("libssl.so.3", RTLD_LAZY | RTLD_LOCAL);
	for (size_t i = 0; i < COUNT(near_hooks); i++)
		look("libssl", ssl, near_hooks[i]);
	for (size_t i = 0; i < COUNT(hooks); i++) {
		/* libssl's handle searches its dependencies too: X509_verify_cert is found through it. */
		look("libssl", ssl, hooks[i]);
		look("default, libssl is local", RTLD_DEFAULT, hooks[i]);
		printf("dlvsym %s: %s\n", hooks[i],
		       object_of(dlvsym(ssl, hooks[i], "OPENSSL_3.0.0")));
		printf("same twice: %d\n", dlsym(ssl, hooks[i]) == dlsym(ssl, hooks[i]));
	}
	printf("dlvsym of a version that is not there: %s",
	       object_of(dlvsym(ssl, "SSL_CTX_new", "OPENSSL_9.9.9")));
	printf("%s\n", dlerror() ? " [error]" : " [no error]");
	printf("not a hook: %s\n", object_of(dlsym(ssl, "SSL_get_wbio")));

	/* A success after a failure that nobody asked about. */
	dlsym(ssl, "no_such_function");
	dlsym(ssl, "SSL_CTX_new");
	print_error();
	printf("\n");
	dlsym(ssl, "SSL_CTX_new");
	dlsym(ssl, "no_such_function");
	print_error();
	printf("\n");

	dlclose(ssl);
	ssl = dlopen("libssl.so.3", RTLD_LAZY | RTLD_GLOBAL);
	for (size_t i = 0; i < COUNT(hooks); i++) {
		look("default, libssl is global", RTLD_DEFAULT, hooks[i]);
		look("next, libssl is global", RTLD_NEXT, hooks[i]);
		look("self, libssl is global", self, hooks[i]);
	}
	return 0;
}
