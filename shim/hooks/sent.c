/* SPDX-License-Identifier: ISC
 *
 * On which socket a ClientHello went out (design.md#lost). A client that hands the bytes over by itself does not tell OpenSSL its socket, and of those that do so with many
 * connections at once (asyncio, .NET) all sockets look alike: as many bytes on each. But no two ClientHellos have the same random. So as long as
 * one is on its way, it is looked for in what send(2) and sendmsg(2) have sent.
 *
 * They are called by signal handlers, and by children of vfork(2). There is no lock in here, no memory and no system call; where no message is watched for, it is a
 * jump. What was sent is read after the kernel has read it: an address that is none is the kernel's to refuse.
 */
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>

#include <tlsmend/base.h>
#include <tlsmend/system.h>

#include "jump.h"
#include "sent.h"

/* `state`: the key, and behind it 16 bits of the descriptor + 1, or 0; 0: free, as is one of another process. */
enum { PLACES = 256, FD_BITS = 16 };
static struct place {
	_Atomic uint64_t state;
	_Atomic uint32_t process;
} places[PLACES];
static atomic_int
    expected; /* in the process that expects, and for a while in those forked from it */

/* RFC 8446 section 4.1.2: the length, the version, the random; before it all in a record (section 5.1) its header. */
enum { RECORD_HEADER = 5, HANDSHAKE_RECORD = 22, CLIENT_HELLO = 1, BEFORE_RANDOM = 6, RANDOM = 32 };

uint64_t sent_key(const uint8_t *message, size_t size)
{
	uint64_t key = 0;
	if (size < BEFORE_RANDOM + RANDOM || message[0] != CLIENT_HELLO)
		return 0;
	memcpy(&key, message + BEFORE_RANDOM, (64 - FD_BITS) / 8);
	return key << FD_BITS;
}

/* ---- the client sends ----------------------------------------------------------------------------------------------- */

static bool goes_out_on(uint64_t key, int fd)
{
	for (unsigned i = 0; i < PLACES; i++) {
		uint64_t unseen = key;
		if (atomic_load_explicit(&places[i].state, memory_order_relaxed) == key &&
		    atomic_compare_exchange_strong(&places[i].state, &unseen,
						   key | (uint64_t)(fd + 1)))
			return true;
	}
	return false;
}

/* Some have a header of their own before it: OpenVPN with a digest and numbers, TDS (SQL Server) with eight bytes. */
static void look(int fd, const uint8_t *at, size_t size)
{
	enum { FRAME_AT_MOST = 128 };
	if (fd < 0 || fd >= UINT16_MAX)
		return;
	for (size_t i = 0; i <= FRAME_AT_MOST && i + RECORD_HEADER <= size; i++) {
		const uint8_t *record = at + i;
		if (record[0] != HANDSHAKE_RECORD || record[1] != 3)
			continue;
		const uint64_t key = sent_key(record + RECORD_HEADER, size - i - RECORD_HEADER);
		if (key && goes_out_on(key, fd))
			return;
	}
}

typedef ssize_t send_fn(int fd, const void *data, size_t size, int flags);
typedef ssize_t sendmsg_fn(int fd, const struct msghdr *message, int flags);

JUMP_OF(send);
JUMP_OF(sendmsg);

static ssize_t send_itself(int fd, const void *data, size_t size, int flags)
{
	return sys_answer(sys_call(SYS_sendto, fd, (long)(intptr_t)data, (long)size, flags, 0, 0));
}

static ssize_t sendmsg_itself(int fd, const struct msghdr *message, int flags)
{
	return sys_answer(sys_call(SYS_sendmsg, fd, (long)(intptr_t)message, flags, 0, 0, 0));
}

static ssize_t send_and_look(int fd, const void *data, size_t size, int flags)
{
	send_fn *const f = (send_fn *)jump_next(&jump_send, (any_fn *)send_itself);
	const ssize_t sent = f(fd, data, size, flags);
	if (sent > 0)
		look(fd, data, (size_t)sent);
	return sent;
}

static ssize_t sendmsg_and_look(int fd, const struct msghdr *message, int flags)
{
	sendmsg_fn *const f = (sendmsg_fn *)jump_next(&jump_sendmsg, (any_fn *)sendmsg_itself);
	const ssize_t sent = f(fd, message, flags);
	if (sent > 0 && message->msg_iovlen > 0) {
		const struct iovec *first = &message->msg_iov[0];
		look(fd, first->iov_base,
		     (size_t)sent < first->iov_len ? (size_t)sent : first->iov_len);
	}
	return sent;
}

static bool is_expected(void)
{
	return atomic_load(&expected) > 0;
}

/* A function that is not libc's may mean something else, and have more arguments: nothing is looked at. */
static void turn(struct jump *j, any_fn *watcher)
{
	jump_turn(j, jump_is_libcs(j) ? is_expected : NULL, watcher);
}

static void turn_send(void)
{
	turn(&jump_send, (any_fn *)send_and_look);
}

static void turn_sendmsg(void)
{
	turn(&jump_sendmsg, (any_fn *)sendmsg_and_look);
}

/* Cancellation points: whoever is cancelled in one has sent nothing. */
any_fn *sent_asked_send(uintptr_t fd, uintptr_t data)
{
	(void)fd, (void)data;
	jump_next(&jump_send, (any_fn *)send_itself);
	turn_send();
	return atomic_load(&jump_send.to);
}

any_fn *sent_asked_sendmsg(uintptr_t fd, uintptr_t message)
{
	(void)fd, (void)message;
	jump_next(&jump_sendmsg, (any_fn *)sendmsg_itself);
	turn_sendmsg();
	return atomic_load(&jump_sendmsg.to);
}

static void turn_both(void)
{
	turn_send();
	turn_sendmsg();
}

/* ---- a connection asks ------------------------------------------------------------------------------------------------ */

int sent_expect(uint64_t key)
{
	const uint32_t process = process_generation();
	for (int i = 0; key && i < PLACES; i++) {
		struct place *p = &places[i];
		uint64_t was = atomic_load_explicit(&p->state, memory_order_relaxed);
		if (was && atomic_load(&p->process) == process)
			continue;
		/* first, or another thread would take it for one of another process */
		atomic_store(&p->process, process);
		if (!atomic_compare_exchange_strong(&p->state, &was, key))
			continue;
		if (atomic_fetch_add(&expected, 1) == 0)
			turn_both();
		return i;
	}
	return -1;
}

int sent_on(int place, uint64_t key)
{
	const uint64_t state = place >= 0 ? atomic_load(&places[place].state) : 0;
	return key && state - key <= UINT16_MAX ? (int)(state - key) - 1 : -1;
}

void sent_forget(int place, uint64_t key)
{
	uint64_t state = place >= 0 ? atomic_load(&places[place].state) : 0;
	while (key && state - key <= UINT16_MAX)
		if (atomic_compare_exchange_weak(&places[place].state, &state, 0)) {
			if (atomic_fetch_sub(&expected, 1) == 1)
				turn_both();
			return;
		}
}

bool sent_not_others(int place)
{
	const uint32_t process = process_generation();
	for (int i = 0; i < PLACES; i++) {
		const uint64_t state = atomic_load(&places[i].state);
		if (i != place && state && (state & UINT16_MAX) == 0 &&
		    atomic_load(&places[i].process) == process)
			return true;
	}
	return false;
}
