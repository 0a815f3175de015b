// rewriting-job MEBIBYTES FILE: memory that no compressor makes smaller; once the file is there, all of it is written to again and again, a mebibyte at a time.
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static uint64_t state = 88172645463325252u;

static void write_to(uint64_t *at, size_t words) {
	for (size_t i = 0; i < words; i++) {
		state ^= state << 13;
		state ^= state >> 7;
		at[i] = state ^= state << 17;
	}
}

int main(int count, char **arguments) {
	size_t size = (count > 2 ? strtoul(arguments[1], NULL, 10) : 1) << 20, piece = 1 << 20;
	char *memory = malloc(size);
	if (!memory) return 1;
	write_to((uint64_t *)memory, size / 8);
	puts("ready");
	fflush(stdout);
	while (access(arguments[2], F_OK)) usleep(10000);
	for (size_t at = 0;; at = (at + piece) % size) {
		write_to((uint64_t *)(memory + at), piece / 8);
		usleep(500);
	}
}
