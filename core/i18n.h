// SPDX-License-Identifier: GPL-3.0-or-later
// Translation marks for code that must not depend on GLib.
#pragma once

#include <libintl.h>

// A literal is translated where it stands; N_ only marks it for xgettext, to be passed through _ when shown.
#define _(text) dgettext(GETTEXT_PACKAGE, text)
#define N_(text) text
