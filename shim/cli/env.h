/* SPDX-License-Identifier: ISC */
#ifndef TLSMEND_CLI_ENV_H
#define TLSMEND_CLI_ENV_H

#include "settings.h"

/* Forms of `tlsmend env`; option ids beside enum variable. */
enum form { FORM_SHELL = VARIABLE_COUNT, FORM_SYSTEMD, FORM_DOCKER };

#endif
