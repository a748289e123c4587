/* SPDX-License-Identifier: ISC
 *
 * What the ELF file of a program or library says, read without running it. Any bytes may come: a damaged file is an
 * answer ("damaged"), never a crash (tests/cli/test_check.py mutates files).
 */
#ifndef TLSMEND_CLI_ELF_H
#define TLSMEND_CLI_ELF_H

#include "../cli.h"

/* Symbols that tell what an object defines. */
enum elf_symbol {
	DEFINES_SSL_CONNECT = 1 << 0,
	DEFINES_SSL_CTX_NEW = 1 << 1,
	/* OpenSSL and LibreSSL have this one; BoringSSL and libgnutls-openssl.so.27, which define SSL_connect too, do
	 * not. */
	DEFINES_SSL_CTX_CTRL = 1 << 2,
	DEFINES_X509_VERIFY = 1 << 3,
};

struct elf_facts {
	bool is_elf;        /* false: nothing else is filled */
	const char *damage; /* why the file is no usable ELF; static; NULL: usable */
	unsigned bits;      /* 32 or 64 */
	unsigned machine;   /* EM_* */
	bool little_endian;
	bool runnable;     /* ET_EXEC or ET_DYN */
	bool dynamic;      /* has a dynamic section */
	char *interpreter; /* PT_INTERP; NULL: none */
	char *soname, *rpath, *runpath;
	char **needed;
	size_t needed_count;
	bool no_default_directories; /* DF_1_NODEFLIB */
	bool go;                     /* made by the Go toolchain */
	bool appimage;
	bool
	    refers; /* its dynamic symbol table speaks of OpenSSL: it is linked with one, or is one */
	unsigned exports; /* enum elf_symbol: defined in the dynamic symbol table */
	unsigned defines; /* defined in either symbol table */
};

/* Reads path. 0, or an error number where it cannot be read. *f is filled in either case; free it with elf_free(). */
int elf_read(const char *path, struct elf_facts *f);
void elf_free(struct elf_facts *f);
const char *elf_machine_name(unsigned machine); /* "x86-64"; never NULL */

/* Version text of the TLS library inside the file: "OpenSSL 3.0.19", "LibreSSL 3.8.2", "BoringSSL". NULL: none.
 * free(3) it. */
char *elf_tls_version(const char *path);
/* ... of an OpenSSL that is linked into a library which shows none of its functions. */
char *elf_hidden_openssl(const char *path);
/* Does the file hold this string? */
bool file_contains(const char *path, const char *text);
bool file_contains_bytes(const char *path, const char *text, size_t length);

#endif
