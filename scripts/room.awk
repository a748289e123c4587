# SPDX-License-Identifier: ISC
#
# room.awk NAMES: more names, one a line, so that there are 192 with those.
#
# Of what ld.so looks for in a process, nearly all passes the filter of our DT_GNU_HASH, and ld sizes that by how many names there are: with 192 it has
# 2,048 bits (from 96 on, 1,024; GNU ld's bfd_elf_size_dynsym_hash_dynstr), and one of a hundred look-ups goes on behind it, not three. A name sets two
# bits in one of 32 words; these set none that the others did not set, so that the filter is that of the others alone.

BEGIN {
	WANTED = 192; WORDS = 32; BITS = 64; SHIFT = 2048
	for (i = 32; i < 127; i++)
		code[sprintf("%c", i)] = i
}

# Where a name's two bits stand: first, second.
function places(name,    h, i, word) {
	h = 5381
	for (i = 1; i <= length(name); i++)
		h = (h * 33 + code[substr(name, i, 1)]) % 4294967296
	word = int(h / BITS) % WORDS * BITS
	first = word + h % BITS
	second = word + int(h / SHIFT) % BITS
}

{
	places($1)
	set[first] = set[second] = 1
	have++
}

END {
	for (i = 0; have && have < WANTED && i < 1000000; i++) {
		places("tlsmend_room_" i)
		if (first in set && second in set) {
			print "tlsmend_room_" i
			have++
		}
	}
}
