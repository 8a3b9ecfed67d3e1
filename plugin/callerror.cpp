// SPDX-License-Identifier: GPL-3.0-or-later
#include "callerror.h"

#include <gegl.h>

#include <cstdarg>
#include <new>

#include "base/i18n.h"
#include "message.h"

namespace plugin {

std::string reason_of(const std::exception &exception) {
  if (dynamic_cast<const std::bad_alloc *>(&exception))
    return _("There is not enough memory for this picture; paint a smaller selection of it.");
  return exception.what();
}

GimpValueArray *guarded(GimpProcedure *procedure, GimpRunMode run_mode, const std::function<bool()> &work) {
  gegl_init(nullptr, nullptr);
  // What GIMP has to say about a file is part of our own sentence; it need not show it as well.
  gimp_plug_in_set_pdb_error_handler(gimp_procedure_get_plug_in(procedure), GIMP_PDB_ERROR_HANDLER_PLUGIN);

  GimpPDBStatusType status;
  std::string reason;
  try {
    status = work() ? GIMP_PDB_SUCCESS : GIMP_PDB_CANCEL;
  } catch (const CallError &failure) {
    status = failure.status();
    reason = failure.what();
  } catch (const std::exception &exception) {
    status = GIMP_PDB_EXECUTION_ERROR;
    reason = reason_of(exception);
  }
  GError *error = nullptr;
  if (!reason.empty() && is_watched(run_mode)) {
    g_printerr("pastiche: %s\n", reason.c_str());
    show_message(reason); // GIMP would begin with “Calling error for …”
  } else if (!reason.empty()) {
    error = g_error_new_literal(GIMP_PLUG_IN_ERROR, 0, reason.c_str());
  }
  return gimp_procedure_new_return_values(procedure, status, error);
}

void refuse_call(const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  const std::string sentence = pastiche::vsentence(format, arguments);
  va_end(arguments);
  throw CallError(GIMP_PDB_CALLING_ERROR, sentence);
}

void fail_execution(const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  const std::string sentence = pastiche::vsentence(format, arguments);
  va_end(arguments);
  throw CallError(GIMP_PDB_EXECUTION_ERROR, sentence);
}

} // namespace plugin
