/* SPDX-License-Identifier: ISC
 *
 * Not a trap by itself: connections to one host in memory, one line each, a second time where asked. For the traps that lie
 * in how a program is started (AT_SECURE, failing malloc, TLSMEND_DISABLE).
 *
 * plain ANCHORS LEAF HOST [TIMES]
 */
#include "common.h"

int main(int argc, char **argv)
{
	int good = 0, times = argc == 5 ? atoi(argv[4]) : 1;

	NEED(argc == 4 || argc == 5);
	for (int i = 0; i < times; i++)
		good += try_host(argv[1], argv[2], argv[3]);
	return good == times ? 0 : 1;
}
