/* SPDX-License-Identifier: ISC
 *
 * Through libelf. Program headers decide, not section headers, because the kernel and ld.so(8) read only the former
 * and strip tools drop the latter.
 */
#include <elf.h>
#include <fcntl.h>
#include <gelf.h>
#include <libelf.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "elf.h"

enum { MAX_NEEDED = 256, MAX_STRING = 4096 };

const char *elf_machine_name(unsigned machine)
{
	static const struct {
		unsigned machine;
		const char *name;
	} names[] = {{EM_X86_64, "x86-64"}, {EM_386, "x86"},     {EM_AARCH64, "aarch64"},
		     {EM_ARM, "arm"},       {EM_PPC64, "ppc64"}, {EM_S390, "s390"},
		     {EM_RISCV, "riscv"},   {EM_MIPS, "mips"},   {258, "loongarch"}};
	for (size_t i = 0; i < ARRAY_LENGTH(names); i++)
		if (names[i].machine == machine)
			return names[i].name;
	return "unknown machine";
}

static unsigned symbol_bit(const char *name)
{
	if (strcmp(name, "SSL_connect") == 0)
		return DEFINES_SSL_CONNECT;
	if (strcmp(name, "SSL_CTX_new") == 0)
		return DEFINES_SSL_CTX_NEW;
	if (strcmp(name, "SSL_CTX_ctrl") == 0)
		return DEFINES_SSL_CTX_CTRL;
	if (strcmp(name, "X509_verify_cert") == 0)
		return DEFINES_X509_VERIFY;
	return 0;
}

/* ---- sections: symbol tables, notes ---------------------------------------------------------------- */

static unsigned defined_symbols(Elf *e, Elf_Scn *scn, const GElf_Shdr *sh)
{
	Elf_Data *data = elf_getdata(scn, NULL);
	unsigned found = 0;
	GElf_Sym sym;
	if (!data || !sh->sh_entsize)
		return 0;
	size_t count = data->d_size / sh->sh_entsize;
	for (size_t i = 0; i < count && i <= INT32_MAX && gelf_getsym(data, (int)i, &sym); i++) {
		if (sym.st_shndx == SHN_UNDEF)
			continue;
		const char *name = elf_strptr(e, sh->sh_link, sym.st_name);
		if (name && (name[0] == 'S' || name[0] == 'X'))
			found |= symbol_bit(name);
	}
	return found;
}

/* One of the functions that every client has. */
static bool refers_to_openssl(Elf *e, Elf_Scn *scn, const GElf_Shdr *sh)
{
	Elf_Data *data = elf_getdata(scn, NULL);
	const size_t count = data && sh->sh_entsize ? data->d_size / sh->sh_entsize : 0;
	GElf_Sym sym;
	for (size_t i = 0; i < count && i <= INT32_MAX && gelf_getsym(data, (int)i, &sym); i++) {
		const char *name = elf_strptr(e, sh->sh_link, sym.st_name);
		if (name && strcmp(name, "SSL_get_error") == 0)
			return true;
	}
	return false;
}

static void read_sections(Elf *e, struct elf_facts *f)
{
	Elf_Scn *scn = NULL;
	size_t names = 0;
	GElf_Shdr sh;
	if (elf_getshdrstrndx(e, &names) != 0)
		return;
	while ((scn = elf_nextscn(e, scn))) {
		if (!gelf_getshdr(scn, &sh))
			continue;
		if (sh.sh_type == SHT_DYNSYM) {
			f->exports |= defined_symbols(e, scn, &sh);
			f->refers |= refers_to_openssl(e, scn, &sh);
		}
		if (sh.sh_type == SHT_SYMTAB)
			f->defines |= defined_symbols(e, scn, &sh);
		const char *name = elf_strptr(e, names, sh.sh_name);
		if (name &&
		    (strcmp(name, ".go.buildinfo") == 0 || strcmp(name, ".note.go.buildid") == 0))
			f->go = true;
	}
	f->defines |= f->exports;
}

/* ---- program headers ------------------------------------------------------------------------------- */

static Elf_Data *chunk(Elf *e, uint64_t offset, uint64_t size, Elf_Type type)
{
	if (offset > INT64_MAX || size == 0 || size > SIZE_MAX)
		return NULL;
	return elf_getdata_rawchunk(e, (int64_t)offset, (size_t)size, type);
}

/* A string of the file; NULL where it is not terminated within the file. free(3) it. */
static char *chunk_string(Elf *e, uint64_t offset, uint64_t size)
{
	Elf_Data *d = chunk(e, offset, size < MAX_STRING ? size : MAX_STRING, ELF_T_BYTE);
	if (!d || !d->d_buf || !memchr(d->d_buf, 0, d->d_size))
		return NULL;
	return copy_string(d->d_buf);
}

/* File offset of an address, and how many bytes of the file follow it in its segment. */
static bool address_offset(Elf *e, size_t headers, uint64_t address, uint64_t *offset,
			   uint64_t *rest)
{
	GElf_Phdr ph;
	for (size_t i = 0; i < headers && gelf_getphdr(e, (int)i, &ph); i++)
		if (ph.p_type == PT_LOAD && address >= ph.p_vaddr &&
		    address - ph.p_vaddr < ph.p_filesz) {
			*offset = ph.p_offset + (address - ph.p_vaddr);
			*rest = ph.p_filesz - (address - ph.p_vaddr);
			return true;
		}
	return false;
}

static bool dynamic_entry(Elf_Data *d, size_t i, GElf_Dyn *dyn)
{
	return i <= INT32_MAX && gelf_getdyn(d, (int)i, dyn) && dyn->d_tag != DT_NULL;
}

struct strings {
	uint64_t offset, size;
};

static bool find_strings(Elf *e, size_t headers, Elf_Data *d, struct strings *s)
{
	uint64_t address = 0, size = 0, rest = 0;
	bool have = false;
	GElf_Dyn dyn;
	for (size_t i = 0; dynamic_entry(d, i, &dyn); i++) {
		if (dyn.d_tag == DT_STRTAB) {
			address = dyn.d_un.d_ptr;
			have = true;
		}
		if (dyn.d_tag == DT_STRSZ)
			size = dyn.d_un.d_val;
	}
	if (!have || !address_offset(e, headers, address, &s->offset, &rest))
		return false;
	s->size = size && size < rest ? size : rest;
	return true;
}

static void take_string(char **where, char *s)
{
	free(*where);
	*where = s;
}

static void take_entry(Elf *e, const struct strings *s, const GElf_Dyn *dyn, struct elf_facts *f)
{
	if (dyn->d_tag == DT_FLAGS_1) {
		f->no_default_directories = (dyn->d_un.d_val & DF_1_NODEFLIB) != 0;
		return;
	}
	if (dyn->d_tag != DT_NEEDED && dyn->d_tag != DT_SONAME && dyn->d_tag != DT_RPATH &&
	    dyn->d_tag != DT_RUNPATH)
		return;
	char *text = dyn->d_un.d_val < s->size
			 ? chunk_string(e, s->offset + dyn->d_un.d_val, s->size - dyn->d_un.d_val)
			 : NULL;
	if (!text)
		f->damage = "its dynamic section points outside the file";
	else if (dyn->d_tag == DT_SONAME)
		take_string(&f->soname, text);
	else if (dyn->d_tag == DT_RPATH)
		take_string(&f->rpath, text);
	else if (dyn->d_tag == DT_RUNPATH)
		take_string(&f->runpath, text);
	else if (f->needed_count < MAX_NEEDED)
		f->needed[f->needed_count++] = text;
	else
		free(text);
}

static void read_dynamic(Elf *e, size_t headers, const GElf_Phdr *ph, struct elf_facts *f)
{
	Elf_Data *d = chunk(e, ph->p_offset, ph->p_filesz, ELF_T_DYN);
	struct strings s;
	GElf_Dyn dyn;
	f->dynamic = true;
	if (!d || !find_strings(e, headers, d, &s)) {
		f->damage = "its dynamic section cannot be read";
		return;
	}
	f->needed = checked(calloc(MAX_NEEDED, sizeof *f->needed));
	for (size_t i = 0; dynamic_entry(d, i, &dyn); i++)
		take_entry(e, &s, &dyn, f);
}

static bool note_is_go(Elf *e, const GElf_Phdr *ph)
{
	Elf_Data *d =
	    chunk(e, ph->p_offset, ph->p_filesz, ph->p_align == 8 ? ELF_T_NHDR8 : ELF_T_NHDR);
	size_t at = 0, name, desc;
	GElf_Nhdr note;
	while (d && (at = gelf_getnote(d, at, &note, &name, &desc)) > 0)
		if (note.n_namesz == 4 && memcmp((const char *)d->d_buf + name, "Go\0\0", 4) == 0)
			return true;
	return false;
}

static void read_segments(Elf *e, struct elf_facts *f)
{
	size_t headers = 0;
	GElf_Phdr ph;
	if (elf_getphdrnum(e, &headers) != 0 || headers == 0) {
		f->damage = "it has no program headers";
		return;
	}
	for (size_t i = 0; i < headers; i++) {
		if (i > INT32_MAX || !gelf_getphdr(e, (int)i, &ph)) {
			f->damage = "its program headers are cut off";
			return;
		}
		if (ph.p_type == PT_INTERP) {
			free(f->interpreter);
			f->interpreter = chunk_string(e, ph.p_offset, ph.p_filesz);
			if (!f->interpreter)
				f->damage = "the name of its dynamic linker is cut off";
		} else if (ph.p_type == PT_DYNAMIC && !f->dynamic) {
			read_dynamic(e, headers, &ph, f);
		} else if (ph.p_type == PT_NOTE && note_is_go(e, &ph)) {
			f->go = true;
		}
	}
}

static void read_elf(Elf *e, struct elf_facts *f)
{
	size_t size = 0;
	const unsigned char *ident = (const unsigned char *)elf_getident(e, &size);
	GElf_Ehdr eh;
	f->damage = "its header is cut off";
	if (!ident || size < EI_NIDENT || !gelf_getehdr(e, &eh))
		return;
	f->damage = NULL;
	f->bits = ident[EI_CLASS] == ELFCLASS32 ? 32 : 64;
	f->little_endian = ident[EI_DATA] == ELFDATA2LSB;
	f->appimage = memcmp(ident + 8, "AI", 2) == 0;
	f->machine = eh.e_machine;
	f->runnable = eh.e_type == ET_EXEC || eh.e_type == ET_DYN;
	if (!f->runnable) {
		f->damage = "it is an object file, not a program";
		return;
	}
	read_segments(e, f);
	read_sections(e, f);
}

int elf_read(const char *path, struct elf_facts *f)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	char magic[SELFMAG] = "";
	memset(f, 0, sizeof *f);
	if (fd < 0)
		return errno;
	/* Not mapped: a file that shrinks meanwhile would be SIGBUS. */
	f->is_elf =
	    pread(fd, magic, sizeof magic, 0) == SELFMAG && memcmp(magic, ELFMAG, SELFMAG) == 0;
	if (f->is_elf && elf_version(EV_CURRENT) != EV_NONE) {
		Elf *e = elf_begin(fd, ELF_C_READ, NULL);
		if (e && elf_kind(e) == ELF_K_ELF)
			read_elf(e, f);
		else
			f->damage = "it is cut off";
		elf_end(e);
	}
	close(fd);
	return 0;
}

void elf_free(struct elf_facts *f)
{
	for (size_t i = 0; i < f->needed_count; i++)
		free(f->needed[i]);
	free(f->needed);
	free(f->interpreter);
	free(f->soname);
	free(f->rpath);
	free(f->runpath);
	memset(f, 0, sizeof *f);
}
