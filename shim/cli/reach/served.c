/* SPDX-License-Identifier: ISC
 *
 * Is a TLS library one that the preload library serves? Its own table of functions (shim/openssl/api.def) is asked, by the names in the
 * library's file.
 */
#include "served.h"

#include <fcntl.h>
#include <gelf.h>
#include <stdlib.h>
#include <string.h>
#include <tlsmend/binding.h>
#include <unistd.h>

enum { KNOWN_UNTIL = 0x50000000 };

struct names {
	const char **list;
	size_t count, room;
};

static void add_symbols(struct names *n, Elf *elf, Elf_Scn *section, const GElf_Shdr *header)
{
	Elf_Data *data = elf_getdata(section, NULL);
	const size_t count = data && header->sh_entsize ? data->d_size / header->sh_entsize : 0;
	GElf_Sym symbol;
	for (size_t i = 0; i < count && gelf_getsym(data, (int)i, &symbol); i++) {
		const char *name = symbol.st_shndx != SHN_UNDEF
				       ? elf_strptr(elf, header->sh_link, symbol.st_name)
				       : NULL;
		if (!name)
			continue;
		if (n->count == n->room) {
			n->room = n->room ? n->room * 2 : 4096;
			n->list = checked(realloc(n->list, n->room * sizeof *n->list));
		}
		n->list[n->count++] = name;
	}
}

static int compare(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void read_names(struct names *n, Elf *elf)
{
	Elf_Scn *section = NULL;
	GElf_Shdr header;
	while ((section = elf_nextscn(elf, section)) != NULL)
		if (gelf_getshdr(section, &header) && header.sh_type == SHT_DYNSYM)
			add_symbols(n, elf, section, &header);
	if (n->count)
		qsort(n->list, n->count, sizeof *n->list, compare);
}

static bool has(void *arg, const char *name)
{
	const struct names *n = arg;
	return bsearch(&name, n->list, n->count, sizeof *n->list, compare) != NULL;
}

/* What is lacking in one file; NULL: nothing, or it cannot be told. */
static const char *lacks(const char *path, unsigned long version, bool ssl)
{
	struct names n = {.list = NULL};
	const char *name = NULL;
	const int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return NULL;
	elf_version(EV_CURRENT);
	Elf *elf = elf_begin(fd, ELF_C_READ, NULL);
	if (elf)
		read_names(&n, elf);
	if (n.count)
		name = binding_lacks(version, ssl, has, &n);
	free(n.list);
	if (elf)
		elf_end(elf);
	close(fd);
	return name;
}

/* "OpenSSL 1.0.2s" is 0x10002000: letters do not matter here. 0: not understood. */
static unsigned long number_of(const char *text)
{
	unsigned long part[3] = {0};
	char *end;
	for (int i = 0; i < 3; i++) {
		part[i] = strtoul(text, &end, 10);
		if (end == text || part[i] > 99 || (i < 2 && *end != '.'))
			return 0;
		text = end + 1;
	}
	return part[0] << 28 | part[1] << 20 | part[2] << (part[0] < 3 ? 12 : 4);
}

char *not_served(const char *version, const char *ssl, const char *crypto)
{
	static const char word[] = "OpenSSL ";
	const char *name = NULL;
	if (!version)
		return NULL;
	if (strncmp(version, word, sizeof word - 1) != 0)
		return join(version, " is another library behind OpenSSL's names", NULL);
	const unsigned long number = number_of(version + sizeof word - 1);
	/* nobody knows what a later one has in place of what it lacks */
	if (!number || number >= KNOWN_UNTIL)
		return NULL;
	name = lacks(ssl, number, true);
	if (!name && crypto)
		name = lacks(crypto, number, false);
	if (!name)
		return NULL;
	return *name ? join(version, " has no function ", name, NULL)
		     : join(version, " is older than 1.0.1", NULL);
}
