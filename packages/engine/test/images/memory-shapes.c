// memory-shapes KIND SEED [MIB [ROUND]]: has memory of one kind, filled from the seed. Whenever the file go-N appears it changes some of it at random,
// says "round N", and so on. Every process that it is says so for itself; round 0 is the filling.
#define _GNU_SOURCE
#include <fcntl.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/shm.h>
#include <unistd.h>

enum { page = 4096, most_areas = 16 };

static uint64_t state;
static struct { unsigned char *at; size_t pages; } areas[most_areas];
static int area_count;

static uint64_t draw(void) {
	state ^= state << 13;
	state ^= state >> 7;
	return state ^= state << 17;
}

static void fill(unsigned char *at) {
	for (int word = 0; word < page / 8; word++) ((uint64_t *)at)[word] = draw();
}

static void *must(void *at, const char *what) {
	if (at != MAP_FAILED && at != NULL) return at;
	perror(what);
	exit(1);
}

// Most pages are filled; some are left untouched, some written with zeros.
static void add(void *at, size_t pages) {
	areas[area_count].at = must(at, "map");
	areas[area_count++].pages = pages;
	for (size_t n = 0; n < pages; n++) {
		unsigned char *target = (unsigned char *)at + n * page;
		switch (draw() % 8) {
		case 0: break;
		case 1: target[draw() % page] = 0; break;
		default: fill(target);
		}
	}
}

static void change(void) {
	for (int left = 200; left > 0; left--) {
		int which = draw() % area_count;
		unsigned char *target = areas[which].at + draw() % areas[which].pages * page;
		switch (draw() % 4) {
		case 0: target[draw() % page] ^= 1; break;
		case 1: memset(target, 0, page); break;
		case 2: fill(target); break;
		default: memcpy(target, areas[which].at, page);
		}
	}
}

static void *anonymous(size_t pages, int flags) {
	return mmap(NULL, pages * page, PROT_READ | PROT_WRITE, MAP_ANONYMOUS | flags, -1, 0);
}

static void *of_file(int fd, size_t pages, int flags) {
	if (fd < 0 || ftruncate(fd, pages * page)) must(NULL, "file");
	return mmap(NULL, pages * page, PROT_READ | PROT_WRITE, flags, fd, 0);
}

// What is filled and left alone: memory that nobody may read, or only run; that stays in frames; the process's own pages of a file of memory.
static void add_unchanged(void) {
	int before = area_count;
	int rights[] = {PROT_NONE, PROT_EXEC, PROT_READ};
	for (int n = 0; n < 3; n++) {
		add(anonymous(100, MAP_PRIVATE), 100);
		if (mprotect(areas[area_count - 1].at, 100 * page, rights[n])) must(NULL, "mprotect");
	}
	add(anonymous(100, MAP_PRIVATE), 100);
	if (mlock(areas[area_count - 1].at, 50 * page)) must(NULL, "mlock");
	add(of_file(memfd_create("own", 0), 100, MAP_PRIVATE), 100);
	area_count = before;
}

static void *idle(void *unused) {
	volatile char stack[64 * 1024];
	for (int n = 0;; n++) {
		stack[n * page % sizeof(stack)] = n;
		usleep(5000);
	}
	return unused;
}

static void rounds(const char *who, int round, void (*each)(void)) {
	char name[32];
	for (;; round++) {
		printf("%s round %d\n", who, round);
		fflush(stdout);
		sprintf(name, "go-%d", round + 1);
		while (access(name, F_OK)) usleep(2000);
		each();
	}
}

static void change_and_move(void) {
	change();
	void *old = areas[0].at;
	// Elsewhere, and not by whole windows.
	unsigned char *target = anonymous(areas[0].pages + 16, MAP_PRIVATE);
	areas[0].at = must(mremap(old, areas[0].pages * page, areas[0].pages * page, MREMAP_MAYMOVE | MREMAP_FIXED, target + 3 * page), "mremap");
	munmap(areas[1].at + areas[1].pages / 2 * page, areas[1].pages / 2 * page);
	areas[1].pages /= 2;
	if (area_count < most_areas) add(anonymous(300, MAP_PRIVATE), 300);
}

// And one process more, which goes on as its parent does but has no children.
static void change_move_and_fork(void) {
	static int is_child;
	change_and_move();
	if (is_child || fork()) return;
	is_child = 1;
	state += getpid();
}

// Another program under the same pid: the same one with other memory, which goes on with the round after this.
static void become_another(void) {
	execl("/proc/self/exe", "shapes", "threads", "99", "8", "1", NULL);
	must(NULL, "exec");
}

int main(int count, char **arguments) {
	const char *kind = arguments[1];
	state = strtoull(arguments[2], NULL, 10) * 0x9e3779b97f4a7c15u + 1;
	size_t pages = (count > 3 ? strtoul(arguments[3], NULL, 10) : 8) * 256;
	char who[32] = "parent";
	void (*each)(void) = change;
	if (!strcmp(kind, "threads")) {
		pthread_t thread;
		add(anonymous(pages, MAP_PRIVATE), pages);
		for (int n = 0; n < 4; n++) pthread_create(&thread, NULL, idle, NULL);
	} else if (!strcmp(kind, "forks")) {
		add(anonymous(pages, MAP_PRIVATE), pages);
		for (int n = 1; n <= 3; n++) {
			if (fork()) continue;
			sprintf(who, "child %d", n);
			state += n;
			break;
		}
	} else if (!strcmp(kind, "huge")) {
		unsigned char *at = must(anonymous(pages + 1024, MAP_PRIVATE), "huge");
		at += (2 << 20) - (uintptr_t)at % (2 << 20);
		madvise(at, pages * page, MADV_HUGEPAGE);
		add(at, pages);
	} else if (!strcmp(kind, "hugetlb")) {
		add(anonymous(pages, MAP_PRIVATE | MAP_HUGETLB), pages);
		add(anonymous(512, MAP_SHARED | MAP_HUGETLB), 512);
	} else if (!strcmp(kind, "file")) {
		unsigned char *content = malloc(pages * page);
		for (size_t n = 0; n < pages * page / 8; n++) ((uint64_t *)content)[n] = draw();
		int fd = open("mapped", O_RDWR | O_CREAT | O_EXCL, 0600);
		if (write(fd, content, pages * page) != (ssize_t)(pages * page)) must(NULL, "write");
		free(content);
		unsigned char *at = must(of_file(fd, pages, MAP_PRIVATE), "mapped");
		areas[area_count].at = at;
		areas[area_count++].pages = pages;
		for (int n = 0; n < 3; n++) change();
	} else if (!strcmp(kind, "shared")) {
		add(anonymous(pages, MAP_SHARED), pages);
		int segment = shmget(IPC_PRIVATE, 500 * page, IPC_CREAT | 0600);
		add(shmat(segment, NULL, 0), 500);
		int fd = memfd_create("mapped", 0);
		add(of_file(fd, 400, MAP_SHARED), 400);
		of_file(fd, 400, MAP_SHARED);
		int open_only = memfd_create("open", 0);
		unsigned char block[page];
		for (int n = 0; n < 300; n++) {
			fill(block);
			if (pwrite(open_only, block, page, n * page) != page) must(NULL, "pwrite");
		}
		// Of two processes the segments are the same.
		if (!fork()) {
			strcpy(who, "child 1");
			state += 1;
		}
	} else if (!strcmp(kind, "moved")) {
		add(anonymous(pages, MAP_PRIVATE), pages);
		add(anonymous(1000, MAP_PRIVATE), 1000);
		each = change_and_move;
	} else if (!strcmp(kind, "wild")) {
		add(anonymous(pages, MAP_PRIVATE), pages);
		add(anonymous(1000, MAP_PRIVATE), 1000);
		each = change_move_and_fork;
	} else if (!strcmp(kind, "unforked")) {
		add(anonymous(pages, MAP_PRIVATE), pages);
		int advice[] = {MADV_DONTFORK, MADV_WIPEONFORK};
		for (int n = 0; n < 2; n++) {
			add(anonymous(300, MAP_PRIVATE), 300);
			if (madvise(areas[n + 1].at, 300 * page, advice[n])) must(NULL, "madvise");
		}
		add_unchanged();
	} else if (!strcmp(kind, "exec")) {
		add(anonymous(pages, MAP_PRIVATE), pages);
		each = become_another;
	} else {
		return 2;
	}
	rounds(who, count > 4 ? atoi(arguments[4]) : 0, each);
}
