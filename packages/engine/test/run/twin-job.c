// twin-job STEPS: two children of two threads each write to memory of every kind, step by step, and check what they wrote; in the end each says what all of it
// adds up to, which is the same however often it was stopped. Memory that a fork does not take along is among it. Twice they wait for a file.
#define _GNU_SOURCE
#include <fcntl.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

enum { kinds = 6, words = 64 * 1024 };

static const char *const names[kinds] = {"private", "dontfork", "wipeonfork", "shared", "unlinked", "heap"};
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static uint64_t *areas[kinds];
static volatile long step;
static long steps;
static int child;

static void *must(void *at, const char *what) {
	if (at != MAP_FAILED && at != NULL) return at;
	perror(what);
	exit(1);
}

static uint64_t value(long at, int kind) {
	return ((uint64_t)at * 0x9e3779b97f4a7c15u) ^ (uint64_t)(kind * 31 + child);
}

// After a third and after two thirds: until the test opens it.
static int at_gate(void) {
	char name[32];
	int third = step * 3 / steps;
	if (third < 1 || third > 2) return 0;
	sprintf(name, "open-%d", third);
	if (!access(name, F_OK)) return 0;
	sprintf(name, "at-%d-%d", third, child);
	int fd = open(name, O_CREAT | O_WRONLY, 0600);
	if (fd >= 0) close(fd);
	return 1;
}

static void *work(void *unused) {
	for (;;) {
		pthread_mutex_lock(&lock);
		for (int kind = 0; kind < kinds; kind++) {
			// Each page is come to again after some hundred steps, and holds what was written then.
			long word = step * 521 % words, before = step - words;
			uint64_t expected = before >= 0 ? value(before, kind) : 0;
			if (areas[kind][word] != expected) {
				printf("child %d: %s is wrong in step %ld\n", child, names[kind], step);
				exit(9);
			}
			areas[kind][word] = value(step, kind);
		}
		int done = ++step >= steps;
		pthread_mutex_unlock(&lock);
		if (done) return unused;
		usleep(200);
		while (at_gate()) usleep(2000);
	}
}

static void *anonymous(int flags, int advice) {
	void *at = must(mmap(NULL, words * 8, PROT_READ | PROT_WRITE, MAP_ANONYMOUS | flags, -1, 0), "mmap");
	if (advice && madvise(at, words * 8, advice)) must(NULL, "madvise");
	return at;
}

static int be_child(void) {
	areas[0] = anonymous(MAP_PRIVATE, 0);
	areas[1] = anonymous(MAP_PRIVATE, MADV_DONTFORK);
	areas[2] = anonymous(MAP_PRIVATE, MADV_WIPEONFORK);
	areas[3] = anonymous(MAP_SHARED, 0);
	FILE *file = must(tmpfile(), "tmpfile");
	if (ftruncate(fileno(file), words * 8)) must(NULL, "ftruncate");
	areas[4] = must(mmap(NULL, words * 8, PROT_READ | PROT_WRITE, MAP_SHARED, fileno(file), 0), "mapped");
	areas[5] = must(calloc(words, 8), "calloc");
	pthread_t thread;
	pthread_create(&thread, NULL, work, NULL);
	work(NULL);
	pthread_join(thread, NULL);
	for (int kind = 0; kind < kinds; kind++) {
		uint64_t sum = 0;
		for (long word = 0; word < words; word++) sum = sum * 31 + areas[kind][word];
		printf("child %d: %s %016llx\n", child, names[kind], (unsigned long long)sum);
	}
	return 0;
}

int main(int count, char **arguments) {
	steps = count > 1 ? atol(arguments[1]) : 1000;
	setvbuf(stdout, NULL, _IOLBF, 0);
	for (child = 1; child <= 2; child++) {
		if (fork() == 0) return be_child();
	}
	int seen = 0, status;
	// A copy of a process is nobody's child here.
	while (waitpid(-1, &status, __WALL) > 0) {
		seen++;
		if (status) return 8;
	}
	printf("parent: %d children\n", seen);
	return seen == 2 ? 0 : 7;
}
