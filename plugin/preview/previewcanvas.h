// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <gtk/gtk.h>

#include <functional>

#include "surface.h"

namespace plugin {

// A picture before and after, in one place: the one after, while a button or the space bar is pressed the one before, or both side by
// side with a divider between them that can be dragged.
class PreviewCanvas {
public:
  struct Events {
    std::function<void(double x, double y)> zoom_in;  // at a place of the picture, 0..1
    std::function<void()> zoom_out;                   //
    std::function<void(double dx, double dy)> pan;    // the picture was dragged by so many of its pixels
    std::function<void(int width, int height)> sized; // the canvas got another size
    std::function<void()> drawn;                      // the pictures are drawn
  };

  explicit PreviewCanvas(Events events);
  PreviewCanvas(const PreviewCanvas &) = delete;
  PreviewCanvas &operator=(const PreviewCanvas &) = delete;

  GtkWidget *widget() const { return area_; } // belongs to the container it is put into; this must outlive it or be detached
  void detach();                              // no more events

  // A picture that fits is enlarged or reduced to the canvas; else one of its pixels is one of the canvas's.
  void show_before(Surface picture, bool fits);
  void show_after(Surface picture); // of any size, stretched to the one before; null: there is none yet
  void split(bool split);
  void show_progress(double progress); // 0..1; negative: nothing is at work

private:
  struct Place {
    double x, y, width, height;
  };
  Place place() const;
  double divider_x() const;
  bool near_divider(double x) const;
  void draw(cairo_t *cr) const;
  void draw_divider(cairo_t *cr, const Place &place) const;
  void draw_tag(cairo_t *cr, const char *text, double x, double y, bool leftwards) const;
  gboolean pressed(const GdkEventButton *event);
  void released();
  void moved(double x, double y);
  void scrolled(const GdkEventScroll *event);
  gboolean key(const GdkEventKey *event);
  void hold(bool held);
  void set_cursor(double x);

  Events events_;
  GtkWidget *area_;
  Surface before_, after_;
  bool fits_ = true, split_ = false;
  double divider_ = 0.5; // 0..1 of the picture
  double progress_ = -1;
  enum class Drag { none, divider, picture } drag_ = Drag::none;
  bool held_ = false; // the picture before is shown
  double last_x_ = 0, last_y_ = 0;
  double scrolled_ = 0; // by a touchpad, not yet a whole notch
};

} // namespace plugin
