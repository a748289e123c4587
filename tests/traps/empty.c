/* SPDX-License-Identifier: ISC
 *
 * A library that exports nothing: its hash tables have buckets, and nothing in them.
 */
__attribute__((visibility("hidden"))) extern int empty_for_itself;
int empty_for_itself = 1;
