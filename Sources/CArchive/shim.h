// libarchive, loaded when the first capture comes that is compressed or in an archive. It brings seven compressors, XML and tables
// of Unicode, which took a fifth of the time of a start; most captures are plain.
#include <archive.h>
#include <archive_entry.h>
#include <dlfcn.h>
#include <stddef.h>

#define ARCHIVE_FUNCTIONS(each) \
  each(read_new) \
  each(read_free) \
  each(read_support_filter_gzip) \
  each(read_support_filter_bzip2) \
  each(read_support_filter_xz) \
  each(read_support_filter_zstd) \
  each(read_support_filter_lz4) \
  each(read_support_format_tar) \
  each(read_support_format_zip) \
  each(read_support_format_raw) \
  each(read_set_callback_data) \
  each(read_set_read_callback) \
  each(read_set_seek_callback) \
  each(read_set_skip_callback) \
  each(read_open1) \
  each(read_next_header) \
  each(read_data_block) \
  each(format) \
  each(filter_count) \
  each(error_string) \
  each(entry_pathname) \
  each(entry_pathname_utf8) \
  each(entry_filetype)

// What is called of it, by the names without archive_ in front.
struct archive_functions {
#define DECLARE(name) __typeof__(archive_##name) *_Nonnull name;
  ARCHIVE_FUNCTIONS(DECLARE)
#undef DECLARE
};

// Fills in the functions. NULL, or what the system says where the library is not there or lacks one.
static inline const char *_Nullable load_archive_functions(struct archive_functions *_Nonnull functions) {
  void *library = dlopen("libarchive.so.13", RTLD_NOW | RTLD_LOCAL);
  if (library == NULL) return dlerror();
  void *found;
#define FIND(name) \
  if ((found = dlsym(library, "archive_" #name)) == NULL) return dlerror(); \
  functions->name = (__typeof__(archive_##name) *)found;
  ARCHIVE_FUNCTIONS(FIND)
#undef FIND
  return NULL;
}
