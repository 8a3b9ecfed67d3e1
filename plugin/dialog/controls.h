// SPDX-License-Identifier: GPL-3.0-or-later
// Controls for the options of the table (host/options.h), bound to the arguments of a call.
#pragma once

#include <libgimp/gimpui.h>

#include "host/options.h"

namespace plugin {

// The option's value; a slider for a number of the first page.
GtkWidget *make_control(GimpProcedureConfig *config, const pastiche::Option &option);

// Tells screen readers the label that a GimpSpinScale draws.
void name_slider(GtkWidget *slider);

// A combo box for the choices of an argument but for one of them, if it is named.
GtkWidget *make_choice_control(GimpProcedureConfig *config, const char *argument, const char *left_out = nullptr);

// Where the painting goes. What scripts get without asking, that the layer itself is painted over, becomes a new layer: what a user has is
// painted over only when they say so.
GtkWidget *make_output_control(GimpProcedureConfig *config);

// Two controls in a row, the first of which is as wide as can be.
GtkWidget *make_row_of(GtkWidget *first, GtkWidget *second);

// Labels and controls, one below the other; a label belongs to the first of several controls in a box.
GtkWidget *make_rows();
void add_row(GtkWidget *rows, const char *label, const char *description, GtkWidget *control);
void add_row(GtkWidget *rows, GtkWidget *control); // that has a label of its own

// The rows of all expert options, in groups with titles.
GtkWidget *make_expert_groups(GimpProcedureConfig *config);

} // namespace plugin
