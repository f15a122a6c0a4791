"""The system calls a sandboxed parser may make: it computes, reads what is open, and ends.

Numbers: Linux ``arch/x86/entry/syscalls/syscall_64.tbl`` and ``asm-generic/unistd.h`` (aarch64).
What is not here is refused, among it every way to a process, a socket, a signal to others, a mount,
a name changed on disk, the host's name, and the kernel's own programming interfaces.
"""

from collections.abc import Mapping

X86_64 = {
    "read": 0, "write": 1, "open": 2, "close": 3, "stat": 4, "fstat": 5, "lstat": 6, "poll": 7,
    "lseek": 8, "mmap": 9, "mprotect": 10, "munmap": 11, "brk": 12, "rt_sigaction": 13,
    "rt_sigprocmask": 14, "rt_sigreturn": 15, "pread64": 17, "readv": 19, "writev": 20,
    "access": 21, "select": 23, "sched_yield": 24, "mremap": 25, "madvise": 28, "dup": 32,
    "nanosleep": 35, "getpid": 39, "exit": 60, "getcwd": 79, "readlink": 89, "gettimeofday": 96,
    "getrusage": 98, "times": 100, "getuid": 102, "getgid": 104, "geteuid": 107, "getegid": 108,
    "getppid": 110, "sigaltstack": 131, "gettid": 186, "time": 201, "futex": 202,
    "sched_getaffinity": 204, "getdents64": 217, "restart_syscall": 219, "fadvise64": 221,
    "clock_gettime": 228, "clock_getres": 229, "clock_nanosleep": 230, "exit_group": 231,
    "openat": 257, "newfstatat": 262, "readlinkat": 267, "faccessat": 269, "pselect6": 270,
    "ppoll": 271, "dup3": 292, "preadv": 295, "getrandom": 318, "statx": 332, "faccessat2": 439,
}  # fmt: skip
AARCH64 = {
    "getcwd": 17, "dup": 23, "dup3": 24, "faccessat": 48, "openat": 56, "close": 57,
    "getdents64": 61, "lseek": 62, "read": 63, "write": 64, "readv": 65, "writev": 66,
    "pread64": 67, "preadv": 69, "pselect6": 72, "ppoll": 73, "readlinkat": 78, "newfstatat": 79,
    "fstat": 80, "exit": 93, "exit_group": 94, "futex": 98, "nanosleep": 101,
    "clock_gettime": 113, "clock_getres": 114, "clock_nanosleep": 115, "sched_getaffinity": 123,
    "sched_yield": 124, "restart_syscall": 128, "sigaltstack": 132, "rt_sigaction": 134,
    "rt_sigprocmask": 135, "rt_sigreturn": 139, "times": 153, "getrusage": 165,
    "gettimeofday": 169, "getpid": 172, "getppid": 173, "getuid": 174, "geteuid": 175,
    "getgid": 176, "getegid": 177, "gettid": 178, "brk": 214, "munmap": 215, "mremap": 216,
    "mmap": 222, "fadvise64": 223, "mprotect": 226, "madvise": 233, "getrandom": 278,
    "statx": 291, "faccessat2": 439,
}  # fmt: skip
TO_ITSELF = {"x86_64": 234, "aarch64": 131}
"""``tgkill``, allowed at the caller's own process only: that is how ``abort`` ends it."""
COMMANDS = {
    "x86_64": {16: (0x5401, 0x5450, 0x5451), 72: (0, 1, 2, 3, 1030)},
    "aarch64": {29: (0x5401, 0x5450, 0x5451), 25: (0, 1, 2, 3, 1030)},
}
"""``ioctl`` TCGETS, FIONCLEX, FIOCLEX and ``fcntl`` F_DUPFD, F_GETFD, F_SETFD, F_GETFL,
F_DUPFD_CLOEXEC. Never F_SETOWN and F_SETSIG: with them a pipe sends signals to others."""
ALLOWED: Mapping[str, Mapping[str, int]] = {"x86_64": X86_64, "aarch64": AARCH64}
AUDIT_ARCH = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
"""``linux/audit.h``: the calling convention a call came in by; any other is fatal."""
