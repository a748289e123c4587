/* SPDX-License-Identifier: ISC
 *
 * The own walk over a certificate against OpenSSL's decoder (tests/unit/der_check.h says what must hold).
 */
#include "../unit/der_check.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct der_place place;
	bool taken;

	der_check(data, n, &taken, &place);
	return 0;
}
