/* SPDX-License-Identifier: ISC
 *
 * Not a trap by itself: connections to one host in memory, one line each, a second time where asked. For the traps that lie
 * in how a program is started (AT_SECURE, failing malloc, TLSMEND_DISABLE).
 *
 * plain ANCHORS LEAF HOST [TIMES [MS]]   (MS: between two)
 */
#include "common.h"

int main(int argc, char **argv)
{
	int good = 0, times = argc >= 5 ? atoi(argv[4]) : 1;

	NEED(argc >= 4 && argc <= 6);
	for (int i = 0; i < times; i++) {
		if (i > 0 && argc == 6)
			usleep((useconds_t)atoi(argv[5]) * 1000);
		good += try_host(argv[1], argv[2], argv[3]);
	}
	return good == times ? 0 : 1;
}
