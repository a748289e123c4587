/* SPDX-License-Identifier: ISC
 *
 * Not C: run through the preprocessor by the Makefile, this turns hooks.def into the list of exported
 * names, one `EXPORT name;` a line, from which the version script is made.
 */
/* clang-format off */
#define HOOK(library, type, name, ...)      EXPORT name ;
#define HOOK_VOID(library, name, ...)       EXPORT name ;
#define LIBC(type, name, ...)               EXPORT name ;
#define STUB(name, ...)                     EXPORT name ;
#define JUMP(name, ...)                     EXPORT name ;
#define JUMP_UNLESS(name, ...)              EXPORT name ;
#include "hooks.def"
