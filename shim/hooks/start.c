/* SPDX-License-Identifier: ISC
 *
 * What happens at load, in every process: the environment is copied before the host can overwrite it, and the open files behind
 * the log's descriptors are remembered. Nothing else: configuration is read at the first handshake.
 */
#include <tlsmend/loader.h>
#include <tlsmend/log.h>

#include "hooks.h"

/* The locks of every hook ask who is running. */
static void find_identity(void)
{
	identity_use(((union {
			     void *object;
			     identity_self *function;
		     }){.object = loader_libc_function(&LOADER_NAME("pthread_self"))})
			 .function,
		     ((union {
			     void *object;
			     identity_clock *function;
		     }){.object = loader_libc_function(&LOADER_NAME("pthread_getcpuclockid"))})
			 .function);
	process_generation();
}

/* Nothing of this sets errno, which would have to be looked for first. */
__attribute__((constructor)) static void at_load(void)
{
	find_identity();
	if (!environment_get()->disabled)
		sink_remember_descriptors();
}
