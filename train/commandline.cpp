// SPDX-License-Identifier: GPL-3.0-or-later
#include "commandline.h"

#include <algorithm>

#include <CLI/CLI.hpp>

#include "base/i18n.h"

namespace training {
namespace {

using pastiche::sentence;

// The parser and the help page, made from the same lines. What is wrong is told here, in translated sentences; CLI11 takes the command line
// apart.
class Options {
public:
  explicit Options(cli::HelpPage &page) : page_(page) {
    app_.set_help_flag();
    app_.allow_extras();
  }

  // A description is a sentence without its full stop.
  CLI::Option *texts(const std::string &name, const char *placeholder, std::vector<std::string> &values, const char *description) {
    tell(name, placeholder, sentence(_("%s."), description));
    return app_.add_option(name, values);
  }

  void text(const std::string &name, const char *placeholder, std::string &value, const char *description) {
    tell(name, placeholder,
         value.empty() ? sentence(_("%s."), description)
                       : sentence(_("%s. %s"), description, sentence(_("By default %s."), value.c_str()).c_str()));
    app_.add_option(name, value);
  }

  void word(const std::string &name, std::string &value, const std::vector<std::string> &words, const char *description) {
    const std::string all = CLI::detail::join(words, ", ");
    tell(name, _("WORD"),
         value.empty() ? sentence(_("%s."), description)
                       : sentence(_("%s. %s"), description, sentence(_("One of %s; by default %s."), all.c_str(), value.c_str()).c_str()));
    app_.add_option_function<std::string>(name, [=, &value](const std::string &given) {
      if (!std::ranges::count(words, given))
        throw UsageError(sentence(_("--%s takes one of %s, not “%s”."), name.substr(2).c_str(), all.c_str(), given.c_str()));
      value = given;
    });
  }

  template <class Whole>
  void whole(const std::string &name, const char *placeholder, Whole &value, int least, int most, const char *description) {
    tell(name, placeholder,
         sentence(_("%s. %s"), description,
                  sentence(_("From %d to %d, by default %s."), least, most, std::to_string(value).c_str()).c_str()));
    app_.add_option_function<std::string>(name, [=, &value](const std::string &given) {
      int64_t number = 0;
      if (!CLI::detail::lexical_cast(given, number) || number < least || number > most)
        throw UsageError(
            sentence(_("--%s takes a whole number from %d to %d, not “%s”."), name.substr(2).c_str(), least, most, given.c_str()));
      value = static_cast<Whole>(number);
    });
  }

  void number(const std::string &name, double &value, double least, double most, const char *description) {
    tell(name, _("NUMBER"),
         sentence(_("%s. %s"), description,
                  sentence(_("From %g to %g, by default %s."), least, most, sentence("%g", value).c_str()).c_str()));
    app_.add_option_function<std::string>(name, [=, &value](const std::string &given) {
      double number = 0;
      // Written so that a NaN does not pass.
      if (!CLI::detail::lexical_cast(given, number) || !(number >= least && number <= most))
        throw UsageError(sentence(_("--%s takes a number from %g to %g, not “%s”."), name.substr(2).c_str(), least, most, given.c_str()));
      value = number;
    });
  }

  void flag(const std::string &name, bool &value, const char *description) {
    tell(name, "", description);
    app_.add_flag(name, value);
  }

  void parse(int argc, const char *const *argv) {
    try {
      app_.parse(argc, argv);
    } catch (const CLI::ArgumentMismatch &error) {
      const std::string text = error.what(); // "--output: 1 required TEXT missing"
      throw UsageError(sentence(_("%s needs a value."), text.substr(0, text.find(':')).c_str()));
    } catch (const CLI::ParseError &error) {
      throw UsageError(sentence(_("The command line cannot be understood: %s."), error.what()));
    }
  }

  std::vector<std::string> unknown() const { return app_.remaining(); }
  bool has(const std::string &name) const { return app_.count(name) > 0; }

private:
  void tell(const std::string &name, const char *placeholder, const std::string &description) {
    // CLI11 writes "-o,--output", and words that are no options have a name that nobody types.
    std::string shown = name.starts_with('-') ? name : placeholder;
    if (const size_t comma = shown.find(','); comma != std::string::npos)
      shown.insert(comma + 1, " ");
    if (name.starts_with('-') && *placeholder)
      shown += std::string(" ") + placeholder;
    page_.blocks.push_back(cli::Entry{shown, description});
  }

  cli::HelpPage &page_;
  CLI::App app_;
};

void require(bool there, const char *what) {
  if (!there)
    throw UsageError(sentence(_("%s is missing; see “pastiche-train --help”."), what));
}

} // namespace

CommandLine parse(int argc, const char *const *argv) {
  CommandLine line;
  Asked &asked = line.asked;
  line.page = {
      .command = "",
      .usage = _("Usage: pastiche-train FOLDER… --teacher NAME=FILE… --output FILE [OPTION…]"),
      .blocks = {cli::Paragraph{
          _("Makes a small encoder for Pastiche: a student network learns from pictures what large teacher networks see in them. With "
            "--decoders-of it makes the decoders of an encoder instead, which need no teachers.")}}};
  Options options(line.page);
  options.texts("pictures", "FOLDER", asked.folders, _("Folders with pictures; those below them are read too"));
  options
      .texts("--teacher", "NAME=FILE", asked.teachers,
             _("A network to learn from, a safetensors file that describes itself, and a name for it. May be given again"))
      ->allow_extra_args(false);
  options
      .texts("--match", "LAYER=NAME:LAYER[*WEIGHT]", asked.matches,
             _("What the student's layer must tell of a teacher's, and how much that counts. May be given again; by default all ReLUs "
               "of the same name, with weight 1"))
      ->allow_extra_args(false);
  options.text("-o,--output", "FILE", asked.output,
               _("The encoder, or the decoders (.safetensors); the card (.md) and the losses (.csv) go beside it"));
  options.text(
      "--decoders-of", "FILE", asked.decoders_of,
      _("The encoder whose features decoders are to lead from, back to a picture, as the first picture needs them; it has the layers "
        "relu1_1, relu2_1, relu3_1 and relu4_1"));
  options.text("--start-from", "FILE", asked.start_from, _("An encoder that the student begins as"));
  options.texts("--stages", _("CHANNELS…"), asked.stages,
                _("Channels of a new student's convolutions, stage by stage, such as 16,16 32,32 64,64 128,128 128"));
  options.word("--pooling", asked.pooling, {"blurpool", "avgpool", "maxpool"},
               _("Between the stages: blurpool (the default of a new student), avgpool or maxpool"));
  options.whole("--steps", _("NUMBER"), asked.settings.steps, 0, 100000000, _("Steps in all, those before a stop included"));
  options.whole("--batch", _("NUMBER"), asked.settings.batch, 1, 4096, _("Crops in a step"));
  options.whole("--crop", _("PIXELS"), asked.crop, 32, 4096,
                _("Side of the crops in pixels, a multiple of 16; decoders learn from them reduced by up to a half"));
  options.whole("--side", _("PIXELS"), asked.side, 32, 8192, _("Longest side to which pictures are reduced before, in pixels"));
  options.whole("--window", _("PIXELS"), asked.settings.window, 4, 4096,
                _("Side of the part of a map that is compared, in pixels of the map"));
  options.number("--rate", asked.settings.rate, 1e-7, 1, _("Highest learning rate"));
  options.number("--gram", asked.settings.gram, 0, 1000, _("How much Gram matrices count beside features"));
  options.number("--whiten", asked.whiten, 0, 1,
                 _("How much of the difference in strength between mixtures of features style losses do not see: 0 none of it, 1 all"));
  options.whole("--seed", _("NUMBER"), asked.settings.seed, 0, INT32_MAX, _("Another number gives another student, or other decoders"));
  options.word("--device", asked.device, {"auto", "cpu", "cuda"},
               _("What is computed on; auto takes the graphics card when LibTorch can use one"));
  options.text("--checkpoint", "FILE", asked.checkpoint,
               _("File for the state, written every two minutes and at Ctrl-C; the same command goes on from it"));
  options.text("--name", _("NAME"), asked.name, _("What reports call it; by default its file's name"));
  options.text("--style-layers", _("LAYERS"), asked.style_layers, _("Layers that style transfer compares textures at"));
  options.text("--content-layers", _("LAYERS"), asked.content_layers, _("Layers that style transfer compares shapes at"));
  options.text("--licence", _("NAME"), asked.licence,
               _("The licence, by default that of the encoder it begins as or belongs to; teachers' licences may ask for one"));
  options.flag("-h,--help", line.help, _("Shows this help."));
  line.page.blocks.push_back(cli::Paragraph{_("Exit status: 0 done, 1 failed, 2 wrong usage, 130 stopped.")});

  options.parse(argc, argv);
  if (line.help)
    return line;
  for (const std::string &word : options.unknown())
    throw UsageError(sentence(_("There is no option “%s”; see “pastiche-train --help”."), word.c_str()));
  require(!asked.folders.empty(), "FOLDER");
  require(!asked.output.empty(), "--output");
  for (const char *option : {"--teacher", "--match", "--start-from", "--stages", "--pooling", "--window", "--gram", "--whiten",
                             "--style-layers", "--content-layers"})
    if (!asked.decoders_of.empty() && options.has(option))
      throw UsageError(sentence(_("%s is for an encoder; --decoders-of makes decoders of one that is there."), option));
  if (!asked.start_from.empty() && !asked.stages.empty())
    throw UsageError(_("--stages is for a new student, --start-from for one that is there; give only one of them."));
  if (asked.start_from.empty() && asked.stages.empty())
    asked.stages = {"16,16", "32,32", "64,64", "128,128", "128"};
  return line;
}

} // namespace training
