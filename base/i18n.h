// SPDX-License-Identifier: GPL-3.0-or-later
// Texts for people, for code that must not depend on GLib.
#pragma once

#include <libintl.h>

#include <cstdarg>
#include <exception>
#include <string>

// A literal is translated where it stands; N_ only marks it for xgettext, to be passed through _ when shown.
#define _(text) dgettext(GETTEXT_PACKAGE, text)
#define N_(text) text

namespace pastiche {

// Lets _() find the translations where they were installed, or in the folder that the environment variable PASTICHE_LOCALEDIR names (the
// build tree's po/, for tests and translators). For programs, at their start.
void bind_translations();

// printf into a string. Whole sentences are translated, so what changes in them is filled in and never appended.
[[gnu::format(printf, 1, 2)]] std::string sentence(const char *format, ...);
[[gnu::format(printf, 1, 0)]] std::string vsentence(const char *format, va_list arguments);

// Why something failed, in the user's language where the system knows it in that.
std::string reason_of(const std::exception &failure);

} // namespace pastiche
