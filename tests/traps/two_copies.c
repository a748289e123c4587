/* SPDX-License-Identifier: ISC
 *
 * Trap: two copies of OpenSSL in one process, perhaps of two generations, handshaking by turns. A hook that calls helpers of
 * the wrong copy hands it objects that it did not make. Proves design.md#copies: one table per copy, helpers always from the
 * copy that made the object.
 *
 * two_copies PLUGIN1 PLUGIN2 PORT HOST ANCHORS ROUNDS
 */
#include "loader.h"
#include <fcntl.h>

int main(int argc, char **argv)
{
	const struct plugin *plugin[2];
	void *handle[2];

	if (argc != 7)
		return 95;
	for (int i = 0; i < 2; i++) {
		plugin[i] = plugin_load(argv[1 + i], RTLD_NOW | RTLD_LOCAL, &handle[i]);
		printf("copy %d: %.14s\n", i, plugin[i]->version());
	}
	printf("one copy or two: %s\n", plugin[0]->library == plugin[1]->library ? "one" : "two");
	for (int round = 0; round < atoi(argv[6]); round++) {
		void *client[2];
		int state[2] = {0, 0};

		for (int i = 0; i < 2; i++) {
			int fd = loopback(atoi(argv[3]));

			fcntl(fd, F_SETFL, O_NONBLOCK);
			client[i] = plugin[i]->open(fd, argv[4], argv[5]);
		}
		/* One step each by turns: the two handshakes are under way at the same time. */
		for (int turn = round; state[0] == 0 || state[1] == 0; turn++)
			if (state[turn % 2] == 0) {
				state[turn % 2] = plugin[turn % 2]->step(client[turn % 2]);
				poll(NULL, 0, 1);
			}
		for (int i = 0; i < 2; i++) {
			printf("copy %d: %s, verify result %ld\n", i,
			       state[i] == 1 ? "connected" : "failed",
			       plugin[i]->result(client[i]));
			plugin[i]->close(client[i]);
		}
	}
	return 0;
}
