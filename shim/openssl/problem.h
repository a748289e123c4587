/* SPDX-License-Identifier: ISC
 *
 * A copy of OpenSSL that cannot be worked with, because a required function of api.def is not there.
 */
#ifndef TLSMEND_PROBLEM_H
#define TLSMEND_PROBLEM_H

/* The first one of the process is kept for binding_problem(). Thread-safe. */
void problem_note(const char *path, const char *version, const char *function);

#endif
