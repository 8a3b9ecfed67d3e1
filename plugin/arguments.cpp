// SPDX-License-Identifier: GPL-3.0-or-later
#include "arguments.h"
#include "base/i18n.h"

namespace plugin {

using pastiche::ChoiceOption;
using pastiche::IntegerOption;
using pastiche::NumberOption;
using pastiche::Option;
using pastiche::TextOption;

namespace {

struct AddArgument {
  GimpProcedure *procedure;
  const Option &option;

  void operator()(const IntegerOption &kind) const {
    gimp_procedure_add_int_argument(procedure, option.name, _(option.label), _(option.description), kind.minimum, kind.maximum,
                                    kind.standard, G_PARAM_READWRITE);
  }
  void operator()(const NumberOption &kind) const {
    gimp_procedure_add_double_argument(procedure, option.name, _(option.label), _(option.description), kind.minimum, kind.maximum,
                                       kind.standard, G_PARAM_READWRITE);
  }
  void operator()(const ChoiceOption &kind) const {
    GimpChoice *choice = gimp_choice_new();
    for (size_t i = 0; i < kind.choices.size(); ++i)
      gimp_choice_add(choice, kind.choices[i].name, static_cast<gint>(i), _(kind.choices[i].label), nullptr);
    gimp_procedure_add_choice_argument(procedure, option.name, _(option.label), _(option.description), choice,
                                       kind.choices[static_cast<size_t>(kind.standard)].name, G_PARAM_READWRITE);
  }
  void operator()(const TextOption &kind) const {
    gimp_procedure_add_string_argument(procedure, option.name, _(option.label), _(option.description), kind.standard, G_PARAM_READWRITE);
  }
};

struct ReadArgument {
  GimpProcedureConfig *config;
  const char *name;
  pastiche_options &values;
  std::list<std::string> &texts;

  void operator()(const IntegerOption &kind) const {
    gint value;
    g_object_get(config, name, &value, nullptr);
    values.*kind.field = value;
  }
  void operator()(const NumberOption &kind) const { g_object_get(config, name, &(values.*kind.field), nullptr); }
  void operator()(const ChoiceOption &kind) const { values.*kind.field = gimp_procedure_config_get_choice_id(config, name); }
  void operator()(const TextOption &kind) const {
    g_autofree char *value = nullptr;
    g_object_get(config, name, &value, nullptr);
    // A cleared entry means "as usual".
    values.*kind.field = texts.emplace_back(value && *value ? value : kind.standard).c_str();
  }
};

} // namespace

void add_option_arguments(GimpProcedure *procedure) {
  for (const Option &option : pastiche::option_table())
    std::visit(AddArgument{procedure, option}, option.kind);
}

Options::Options(GimpProcedureConfig *config) {
  pastiche::set_defaults(values_);
  for (const Option &option : pastiche::option_table())
    std::visit(ReadArgument{config, option.name, values_, texts_}, option.kind);
}

} // namespace plugin
