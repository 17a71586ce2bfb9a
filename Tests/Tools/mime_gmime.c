/* What GMime makes of messages: a line of JSON for each file, as mime_parts.py writes it.
 *
 *   cc -o mime_gmime mime_gmime.c $(pkg-config --cflags --libs gmime-3.0)
 *   mime_gmime FILE...
 */
#include <gmime/gmime.h>
#include <stdio.h>

static int count;

static void put_string(const char *text) {
  if (!text) {
    fputs("null", stdout);
    return;
  }
  char *valid = g_utf8_make_valid(text, -1);
  putchar('"');
  for (const unsigned char *byte = (const unsigned char *)valid; *byte; byte++) {
    if (*byte == '"' || *byte == '\\' || *byte < 0x20)
      printf("\\u%04x", *byte);
    else
      putchar(*byte);
  }
  putchar('"');
  g_free(valid);
}

static void put_part(GMimePart *part) {
  GMimeStream *memory = g_mime_stream_mem_new();
  GMimeDataWrapper *content = g_mime_part_get_content(part);
  if (content) g_mime_data_wrapper_write_to_stream(content, memory);
  GByteArray *bytes = g_mime_stream_mem_get_byte_array(GMIME_STREAM_MEM(memory));
  char *hash = g_compute_checksum_for_data(G_CHECKSUM_SHA256, bytes->data, bytes->len);
  char *type = g_mime_content_type_get_mime_type(g_mime_object_get_content_type(GMIME_OBJECT(part)));
  char *lower = g_ascii_strdown(type, -1);
  if (count++) putchar(',');
  fputs("{\"type\":", stdout);
  put_string(lower);
  fputs(",\"name\":", stdout);
  put_string(g_mime_part_get_filename(part));
  printf(",\"bytes\":%u,\"sha256\":\"%s\"}", bytes->len, hash);
  g_free(hash);
  g_free(type);
  g_free(lower);
  g_object_unref(memory);
}

static void walk(GMimeObject *object) {
  if (GMIME_IS_MULTIPART(object)) {
    GMimeMultipart *multipart = GMIME_MULTIPART(object);
    for (int index = 0; index < g_mime_multipart_get_count(multipart); index++)
      walk(g_mime_multipart_get_part(multipart, index));
  } else if (GMIME_IS_MESSAGE_PART(object)) {
    GMimeMessage *message = g_mime_message_part_get_message(GMIME_MESSAGE_PART(object));
    if (message && g_mime_message_get_mime_part(message)) walk(g_mime_message_get_mime_part(message));
  } else if (GMIME_IS_PART(object)) {
    put_part(GMIME_PART(object));
  }
}

int main(int argc, char **argv) {
  g_mime_init();
  for (int index = 1; index < argc; index++) {
    GMimeStream *stream = g_mime_stream_file_open(argv[index], "rb", NULL);
    if (!stream) return 1;
    GMimeParser *parser = g_mime_parser_new_with_stream(stream);
    GMimeMessage *message = g_mime_parser_construct_message(parser, NULL);
    count = 0;
    fputs("{\"file\":", stdout);
    put_string(argv[index]);
    fputs(",\"parts\":[", stdout);
    if (message && g_mime_message_get_mime_part(message)) walk(g_mime_message_get_mime_part(message));
    puts("]}");
    if (message) g_object_unref(message);
    g_object_unref(parser);
    g_object_unref(stream);
  }
  return 0;
}
