/* SPDX-License-Identifier: ISC
 *
 * What a record says of a rule.
 */
#ifndef TLSMEND_HOOKS_RULE_TEXT_H
#define TLSMEND_HOOKS_RULE_TEXT_H

#include "hooks.h"

/* "/etc/tlsmend.conf:4 [legacy.example.com]" */
const char *setting_place(struct arena *a, const struct setting *s);
/* ... and its key: "/etc/tlsmend.conf:4 [legacy.example.com] MinProtocol" */
const char *setting_text(struct arena *a, const struct setting *s);
/* The keys of a rule, each section once; NULL: there are none. */
const char *rule_text(struct arena *a, const struct rule *rule);
/* For the note of a failure; NULL: no key has come to its end. */
const char *expired_text(struct arena *a, const struct rule *rule);

#endif
