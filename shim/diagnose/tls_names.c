/* SPDX-License-Identifier: ISC
 *
 * Groups and signature schemes of TLS by IANA's numbers, with OpenSSL's names.
 */
#include "diagnosis.h"

struct named {
	unsigned id;
	char name[32];
};

static const struct named groups[] = {
    {9, "sect283k1"},
    {22, "secp256k1"},
    {23, "P-256"},
    {24, "P-384"},
    {25, "P-521"},
    {26, "brainpoolP256r1"},
    {27, "brainpoolP384r1"},
    {28, "brainpoolP512r1"},
    {29, "X25519"},
    {30, "X448"},
    {31, "brainpoolP256r1tls13"},
    {32, "brainpoolP384r1tls13"},
    {33, "brainpoolP512r1tls13"},
    {41, "curveSM2"},
    {256, "ffdhe2048"},
    {257, "ffdhe3072"},
    {258, "ffdhe4096"},
    {259, "ffdhe6144"},
    {260, "ffdhe8192"},
    {512, "MLKEM512"},
    {513, "MLKEM768"},
    {514, "MLKEM1024"},
    {4587, "SecP256r1MLKEM768"},
    {4588, "X25519MLKEM768"},
    {4589, "SecP384r1MLKEM1024"},
};

static const struct named schemes[] = {
    {0x0201, "RSA+SHA1"},
    {0x0203, "ECDSA+SHA1"},
    {0x0301, "RSA+SHA224"},
    {0x0303, "ECDSA+SHA224"},
    {0x0401, "RSA+SHA256"},
    {0x0403, "ECDSA+SHA256"},
    {0x0501, "RSA+SHA384"},
    {0x0503, "ECDSA+SHA384"},
    {0x0601, "RSA+SHA512"},
    {0x0603, "ECDSA+SHA512"},
    {0x0708, "sm2sig_sm3"},
    {0x0804, "rsa_pss_rsae_sha256"},
    {0x0805, "rsa_pss_rsae_sha384"},
    {0x0806, "rsa_pss_rsae_sha512"},
    {0x0807, "ed25519"},
    {0x0808, "ed448"},
    {0x0809, "rsa_pss_pss_sha256"},
    {0x080a, "rsa_pss_pss_sha384"},
    {0x080b, "rsa_pss_pss_sha512"},
    {0x081a, "ecdsa_brainpoolP256r1_sha256"},
    {0x081b, "ecdsa_brainpoolP384r1_sha384"},
    {0x081c, "ecdsa_brainpoolP512r1_sha512"},
    {0x0904, "mldsa44"},
    {0x0905, "mldsa65"},
    {0x0906, "mldsa87"},
};

static const char *find(const struct named *list, size_t n, unsigned id)
{
	for (size_t i = 0; i < n; i++) {
		if (list[i].id == id)
			return list[i].name;
	}
	return NULL;
}

const char *known_group(unsigned id)
{
	return find(groups, ARRAY_LENGTH(groups), id);
}

const char *known_scheme(unsigned id)
{
	return find(schemes, ARRAY_LENGTH(schemes), id);
}

const char *group_name(struct evidence *e, unsigned id)
{
	const char *name = known_group(id);
	return name ? name : say(e, "number ", say_int(e, id), (char *)NULL);
}
