// faults-job: serves its own page faults by a userfaultfd, also those of its forks, and says "page N" for each page that it found to be right.
#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/userfaultfd.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { page = 4096, pages = 100000 };

static int fd;
static unsigned char *memory;

static void *serve(void *unused) {
	static unsigned char content[page];
	struct uffd_msg message;
	while (read(fd, &message, sizeof(message)) == sizeof(message)) {
		if (message.event != UFFD_EVENT_PAGEFAULT) continue;
		unsigned long at = message.arg.pagefault.address / page * page;
		memset(content, ((at - (unsigned long)memory) / page) % 251 + 1, page);
		struct uffdio_copy copy = {.dst = at, .src = (unsigned long)content, .len = page};
		if (ioctl(fd, UFFDIO_COPY, &copy)) perror("copy");
	}
	return unused;
}

int main(void) {
	struct uffdio_api api = {.api = UFFD_API, .features = UFFD_FEATURE_EVENT_FORK};
	fd = syscall(SYS_userfaultfd, O_CLOEXEC);
	memory = mmap(NULL, (size_t)pages * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	struct uffdio_register range = {.range = {(unsigned long)memory, (size_t)pages * page}, .mode = UFFDIO_REGISTER_MODE_MISSING};
	if (fd < 0 || memory == MAP_FAILED || ioctl(fd, UFFDIO_API, &api) || ioctl(fd, UFFDIO_REGISTER, &range)) {
		perror("userfaultfd");
		return 1;
	}
	pthread_t server;
	pthread_create(&server, NULL, serve, NULL);
	for (int at = 0; at < pages; at++) {
		if (memory[(size_t)at * page] != at % 251 + 1) return 9;
		printf("page %d\n", at);
		fflush(stdout);
		usleep(2000);
	}
	return 0;
}
