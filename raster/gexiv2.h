// SPDX-License-Identifier: GPL-3.0-or-later
// gexiv2 as it is from version 0.16 on. The one before gives its functions that tell of errors other names, as it has older ones that do
// not.
#pragma once

#include <gexiv2/gexiv2.h>

#if !GEXIV2_CHECK_VERSION(0, 15, 0)
#define gexiv2_metadata_clear_tag gexiv2_metadata_try_clear_tag
#define gexiv2_metadata_erase_exif_thumbnail gexiv2_metadata_try_erase_exif_thumbnail
#define gexiv2_metadata_get_exif_tag_rational gexiv2_metadata_try_get_exif_tag_rational
#define gexiv2_metadata_get_orientation gexiv2_metadata_try_get_orientation
#define gexiv2_metadata_get_tag_long gexiv2_metadata_try_get_tag_long
#define gexiv2_metadata_get_tag_string gexiv2_metadata_try_get_tag_string
#define gexiv2_metadata_has_tag gexiv2_metadata_try_has_tag
#define gexiv2_metadata_register_xmp_namespace gexiv2_metadata_try_register_xmp_namespace
#define gexiv2_metadata_set_exif_thumbnail_from_buffer gexiv2_metadata_try_set_exif_thumbnail_from_buffer
#define gexiv2_metadata_set_tag_string gexiv2_metadata_try_set_tag_string
#endif
