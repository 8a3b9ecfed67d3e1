// SPDX-License-Identifier: GPL-3.0-or-later
// All commands of `pastiche`.
#pragma once

#include "command.h"

namespace cli {

extern const Command stylize_command, batch_command, estimate_command, info_command, explain_command, models_command, styles_command,
    doctor_command;

// As help lists them. The program, its help, the manual and the shells' completions follow this list.
inline constexpr const Command *commands[] = {&stylize_command, &batch_command,  &estimate_command, &info_command,
                                              &explain_command, &models_command, &styles_command,   &doctor_command};

} // namespace cli
