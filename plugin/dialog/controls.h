// SPDX-License-Identifier: GPL-3.0-or-later
// Controls for the options of the table (host/options.h), bound to the arguments of a call.
#pragma once

#include <libgimp/gimpui.h>

#include "host/options.h"

namespace plugin {

// The option's value; a slider for a number of the first page.
GtkWidget *make_control(GimpProcedureConfig *config, const pastiche::Option &option);

// A combo box for the choices of an argument.
GtkWidget *make_choice_control(GimpProcedureConfig *config, const char *argument);

// Two controls in a row, the first of which is as wide as can be; a label's letter leads to it.
GtkWidget *make_row_of(GtkWidget *first, GtkWidget *second);

// Labels and controls, one below the other.
GtkWidget *make_rows();
void add_row(GtkWidget *rows, const char *label, const char *description, GtkWidget *control);
void add_row(GtkWidget *rows, GtkWidget *control); // that has a label of its own

// The rows of all expert options, in an area that is scrolled.
GtkWidget *make_expert_rows(GimpProcedureConfig *config);

} // namespace plugin
