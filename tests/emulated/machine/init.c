/* SPDX-License-Identifier: Apache-2.0
 * First process of the emulated machine: runs the program, copies its standard
 * output and error to the two parallel ports, and reports its status on the console. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/io.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

static char *args[65536], *envs[4096] = {"HOME=/", "PATH=/bin"};
static unsigned char buf[1 << 20];

static void load(const char *name, char **v, int n) {
    int i = 0, fd = open(name, O_RDONLY | O_CLOEXEC);
    long len, r;
    char *p, *e;
    while (v[i]) i++;
    if (fd < 0) return;
    len = lseek(fd, 0, SEEK_END);
    lseek(fd, 0, SEEK_SET);
    for (e = p = malloc(len + 1); (r = read(fd, e, p + len - e)) > 0; e += r);
    close(fd);
    for (; p < e && i < n - 1; p += strlen(p) + 1) v[i++] = p;
}

int main(void) {
    int out[2], err[2], status = 0, n;
    long r, i;
    pid_t pid;
    mount("proc", "/proc", "proc", 0, 0);
    mount("sysfs", "/sys", "sysfs", 0, 0);
    mount("devtmpfs", "/dev", "devtmpfs", 0, 0);
    mkdir("/dev/shm", 01777);
    if (iopl(3)) printf("iopl: %s\n", strerror(errno));
    load("/.env", envs, 4096);
    load("/.args", args, 65536);
    n = open("/proc/cpuinfo", O_RDONLY | O_CLOEXEC);
    for (i = 0; (r = read(n, buf + i, sizeof buf - 1 - i)) > 0; i += r);
    close(n);
    printf("AVX512F:%d\n", strstr((char *)buf, " avx512f ") != 0);
    fflush(stdout);
    pipe2(out, O_CLOEXEC);
    pipe2(err, O_CLOEXEC);
    pid = fork();
    if (!pid) {
        iopl(0);
        n = open("/dev/null", O_RDWR);
        dup2(n, 0);
        dup2(out[1], 1);
        dup2(err[1], 2);
        if (n > 2) close(n);
        if (!chdir("/data")) execve("/.program", args, envs);
        dprintf(2, "run-avx512: cannot start the program: %s\n", strerror(errno));
        _exit(126);
    }
    close(out[1]);
    close(err[1]);
    struct pollfd p[2] = {{out[0], POLLIN, 0}, {err[0], POLLIN, 0}};
    while (p[0].fd >= 0 || p[1].fd >= 0) {
        if (poll(p, 2, -1) < 0) continue;
        for (i = 0; i < 2; i++) {
            if (p[i].fd < 0 || !p[i].revents) continue;
            r = read(p[i].fd, buf, sizeof buf);
            if (r == 0) p[i].fd = -1;
            for (long k = 0; k < r; k++) {
                int port = i ? 0x278 : 0x378;
                outb(buf[k], port);
                outb(0x0d, port + 2);
                outb(0x0c, port + 2);
            }
        }
    }
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR);
    printf("EXIT:%d\n", WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status));
    fflush(stdout);
    tcdrain(1);
    usleep(20000);
    for (const char *s = "Shutdown"; *s; s++) outb(*s, 0x8900); /* Bochs ends the emulation */
    for (;;) pause();
}
