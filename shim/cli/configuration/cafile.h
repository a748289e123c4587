/* SPDX-License-Identifier: ISC
 *
 * Looks at a file of CA certificates without OpenSSL: is it what an administrator thinks it is?
 */
#ifndef TLSMEND_CLI_CAFILE_H
#define TLSMEND_CLI_CAFILE_H

#include "../cli.h"

struct ca_file {
	size_t certificates; /* blocks that decode to one DER sequence */
	size_t keys;         /* private keys */
	char *problem;       /* what is wrong; what to write. NULL: nothing. free(3) it */
};
/* path is for the text of commands in the problem. */
void ca_file_judge(const char *path, const char *data, size_t n, struct ca_file *result);
/* Reads the file. NULL: good. free(3) the text. */
char *ca_file_problem(const char *path);
enum { CA_FILE_MAX_BYTES = 64 * 1024 * 1024 };

#endif
