/* SPDX-License-Identifier: ISC
 *
 * What happens at load, in every process: the environment is copied before the host can overwrite it, and the open files behind
 * the log's descriptors are remembered. Nothing else: configuration is read at the first handshake.
 */
#include <tlsmend/log.h>

#include "hooks.h"

__attribute__((constructor)) static void at_load(void)
{
	KEEP_ERRNO_BEGIN
	if (!environment_get()->disabled)
		sink_remember_descriptors();
	KEEP_ERRNO_END
}
