// SPDX-License-Identifier: GPL-3.0-or-later
#include "paintingline.h"

namespace cli {

std::vector<Form> painting_forms() {
  std::vector<Form> forms{{"-q,--quiet", false}, {"-s,--style"}, {"--weight"}, {"--mask"}, {"--style-crop"}, {"--preset"}};
  for (const pastiche::Option &option : pastiche::option_table())
    forms.push_back({"--" + std::string(option.name)});
  return forms;
}

std::vector<Form> painting_and_file_forms() {
  std::vector<Form> forms = painting_forms();
  for (const batch::FileOption &option : batch::file_options())
    forms.push_back({(option.path == &batch::Painting::output ? "-o,--" : "--") + std::string(option.name)});
  return forms;
}

void set(PaintingLine &line, const Typed &typed) {
  std::vector<batch::Argument> arguments = typed.arguments;
  for (const std::string &word : typed.words)
    arguments.push_back({"content", word});
  batch::set(line, arguments);
  line.quiet = typed.has("quiet");
}

} // namespace cli
