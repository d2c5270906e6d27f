/*
 * What vectorscan (or Hyperscan) needs for a list of literals: "vectorscan LIST FILE" prints the CPU seconds of compiling and of
 * scanning, the bytes and the matches. The file is read in chunks that end with a line, like ours.
 */
#include <hs/hs.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define CHUNK_BYTES (256 * 1024)

static double cpu_seconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static int count_match(unsigned id, unsigned long long from, unsigned long long to, unsigned flags, void *count) {
  (void)id, (void)from, (void)to, (void)flags;
  ++*(unsigned long long *)count;
  return 0;
}

static void *checked(void *pointer, const char *what) {
  if (pointer != NULL) return pointer;
  perror(what);
  exit(2);
}

static char *read_all(const char *path, size_t *length) {
  FILE *file = checked(fopen(path, "rb"), path);
  fseek(file, 0, SEEK_END);
  *length = (size_t)ftell(file);
  rewind(file);
  char *text = checked(malloc(*length + 1), "malloc");
  *length = fread(text, 1, *length, file);
  text[*length] = 0;
  fclose(file);
  return text;
}

int main(int argc, char **argv) {
  if (argc != 3) return 2;
  size_t length;
  char *list = read_all(argv[1], &length);
  unsigned lines = 0;
  for (size_t at = 0; at < length; at++) lines += list[at] == '\n';
  const char **texts = checked(malloc(lines * sizeof *texts), "malloc");
  size_t *lengths = checked(malloc(lines * sizeof *lengths), "malloc");
  unsigned *flags = checked(malloc(lines * sizeof *flags), "malloc");
  unsigned *ids = checked(malloc(lines * sizeof *ids), "malloc");
  unsigned count = 0;
  for (char *line = list; count < lines; count++) {
    char *end = strchr(line, '\n');
    texts[count] = line;
    lengths[count] = (size_t)(end - line);
    flags[count] = HS_FLAG_CASELESS;
    ids[count] = count;
    line = end + 1;
  }

  const double started = cpu_seconds();
  hs_database_t *database;
  hs_compile_error_t *error;
  if (hs_compile_lit_multi(texts, flags, ids, lengths, count, HS_MODE_BLOCK, NULL, &database, &error) != HS_SUCCESS) {
    fprintf(stderr, "%s\n", error->message);
    return 2;
  }
  hs_scratch_t *scratch = NULL;
  if (hs_alloc_scratch(database, &scratch) != HS_SUCCESS) return 2;
  const double compiled = cpu_seconds();

  FILE *file = checked(fopen(argv[2], "rb"), argv[2]);
  char *chunk = checked(malloc(CHUNK_BYTES), "malloc");
  unsigned long long bytes = 0, matches = 0;
  size_t kept = 0;
  for (;;) {
    const size_t filled = kept + fread(chunk + kept, 1, CHUNK_BYTES - kept, file);
    if (filled == 0) break;
    size_t end = filled;
    while (end > 0 && chunk[end - 1] != '\n') end--;
    if (end == 0) end = filled;
    if (hs_scan(database, chunk, (unsigned)end, 0, scratch, count_match, &matches) != HS_SUCCESS) return 2;
    memmove(chunk, chunk + end, filled - end);
    kept = filled - end;
    bytes += end;
  }
  printf("%f %f %llu %llu\n", compiled - started, cpu_seconds() - compiled, bytes, matches);
  return 0;
}
