/* SPDX-License-Identifier: ISC */
#include "problem.h"

#include <stdatomic.h>

#include <tlsmend/binding.h>

#include <bsd/string.h>

enum { PROBLEM_NONE, PROBLEM_BEING_WRITTEN, PROBLEM_READY, PROBLEM_TOLD };
static struct {
	atomic_int state;
	char path[512], text[256];
} problem;

/* One is enough to know that this tlsmend and this OpenSSL do not fit. */
void problem_note(const char *path, const char *version, const char *function)
{
	int none = PROBLEM_NONE;
	if (!atomic_compare_exchange_strong(&problem.state, &none, PROBLEM_BEING_WRITTEN))
		return;
	strlcpy(problem.path, path, sizeof problem.path);
	strlcpy(problem.text, version, sizeof problem.text);
	strlcat(problem.text, *function ? " has no function " : " is older than 1.0.1",
		sizeof problem.text);
	strlcat(problem.text, function, sizeof problem.text);
	strlcat(problem.text,
		", which this version of tlsmend needs: its connections are neither explained nor "
		"mended",
		sizeof problem.text);
	atomic_store(&problem.state, PROBLEM_READY);
}

const char *binding_problem(const char **path)
{
	int ready = PROBLEM_READY;
	if (atomic_load_explicit(&problem.state, memory_order_relaxed) != PROBLEM_READY ||
	    !atomic_compare_exchange_strong(&problem.state, &ready, PROBLEM_TOLD))
		return NULL;
	*path = problem.path;
	return problem.text;
}
