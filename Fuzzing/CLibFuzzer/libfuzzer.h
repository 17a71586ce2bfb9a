// libFuzzer as a library (llvm.org/docs/LibFuzzer.html, "Using libFuzzer as a library"); it comes without a header.
#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerRunDriver(int *argc, char ***argv, int (*one_input)(const uint8_t *start, size_t count));
